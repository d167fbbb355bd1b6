"""The working copy: what was changed and is not released yet, approved and released whole or in part, now or from a day on."""
