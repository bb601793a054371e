"""When and how often: processes that run without a person."""
