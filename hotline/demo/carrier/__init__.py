"""A telephone company in one process: the outside world for tests and demonstrations.

Nothing in here is part of the product, and nothing of the product is imported: what the
hotline and this carrier agree on is what Twilio documents. It stands on a loopback port,
keeps everything in memory, and people in it follow scripts or are played by whoever opens
its page. ``python -m hotline.demo.carrier --help`` starts it; tests use
`hotline.demo.carrier.server.FakeCarrier`.
"""
