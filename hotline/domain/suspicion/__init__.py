"""Signs of fake completion (假办结): pure functions that say why, and never a verdict."""
