"""Writes one SVG sprite of the icons that a list names, one a line: `name` or `alias name`, from the lucide package."""
import re
import sys
import zipfile
from pathlib import Path

import lucide

lines, target = Path(sys.argv[1]).read_text().splitlines(), Path(sys.argv[2])
symbols = []
with zipfile.ZipFile(Path(lucide.__file__).with_name("lucide.zip")) as icons:
    for line in lines:
        alias, name = line.split()[0], line.split()[-1]
        drawing = icons.read(f"{name}.svg").decode()
        inside = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.S).group(1)
        inside = re.sub(r"\s+", " ", inside).replace("> <", "><").replace(" />", "/>").strip()
        symbols.append(f'<symbol id="{alias}" viewBox="0 0 24 24">{inside}</symbol>')
target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n')
