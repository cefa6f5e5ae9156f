"""Makes the files of a report without a browser: `python -m components.report --models A,B --format pptx`."""

import sys

from components.report.terminal import main

if __name__ == "__main__":
    sys.exit(main())
