"""``python -m matgenes`` is the command ``matgenes``."""

from .cli import main

if __name__ == "__main__":
    main()
