"""Rules: from a day's values to a verdict, from verdicts to a state, from the state to what somebody is told."""
