"""``python -m hotline.cli``: the shell where its script is not installed."""

from hotline.cli.main import main

main()
