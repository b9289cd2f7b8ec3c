"""How does `python -m nudger` start?"""

from nudger.cli import main

if __name__ == "__main__":
    main()
