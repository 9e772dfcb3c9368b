"""``python -m neuralsh``."""

from neuralsh.cli import main

raise SystemExit(main())
