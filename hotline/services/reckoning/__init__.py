"""Rates and signs of fake completion (统计, 疑点)."""
