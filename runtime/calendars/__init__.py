"""The table of days off and make-up days: imported, corrected, and part of every release that runs."""
