"""`python -m tianbao`: the same as the command."""

from tianbao.cli.main import main

if __name__ == "__main__":
    main()
