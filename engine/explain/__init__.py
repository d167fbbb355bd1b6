"""Why a number is what it is: a tree down to the records, whose leaves give the number again; and why a record or a day does not count."""
