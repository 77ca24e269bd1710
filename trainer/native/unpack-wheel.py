"""Takes what is wanted out of a wheel: unpack-wheel.py WHEEL FOLDER PREFIX..."""
import sys
import zipfile

wheel, folder, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    wanted = [name for name in archive.namelist() if name.startswith(tuple(prefixes))]
    if not wanted:
        sys.exit(f"{wheel}: holds nothing under {', '.join(prefixes)}")
    archive.extractall(folder, wanted)
