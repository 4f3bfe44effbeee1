"""`python -m huangpu` is the command `huangpu`."""

from huangpu.cli import main

if __name__ == "__main__":
    main()
