"""What pages say of the domain's codes, in the language of a request."""
