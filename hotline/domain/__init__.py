"""Pure rules: values in, value or refusal out. No I/O, no clock, no randomness."""
