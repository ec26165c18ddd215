"""`python -m labkit`: the command line where labkit is a folder and not installed."""

from labkit.cli import main

if __name__ == "__main__":
    main()
