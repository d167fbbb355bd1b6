"""The weekly calibration and its snapshots."""
