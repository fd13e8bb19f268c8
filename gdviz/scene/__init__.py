"""Everything that a film draws, as numbers, made once from an animation. No window is opened here."""
