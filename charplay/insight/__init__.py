"""Looking into models and at what they say: plausibility, near names, sounds, claimed stems."""
