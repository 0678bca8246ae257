"""Which cloud providers the person has set up, and where their keys are."""
