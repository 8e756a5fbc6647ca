"""The kept corpora: corpus/TARGET.jsonl holds a text a line, as JSON; libFuzzer wants a file each.
corpus.py unpack FILE FOLDER [FIELD] takes each line, or a field of it; corpus.py pack FOLDER FILE is the way back."""
import hashlib, json, pathlib, sys


def unpack(file, folder, field=None):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for line in pathlib.Path(file).read_text("utf-8").splitlines():
        value = json.loads(line)
        text = value if field is None else value.get(field)
        if not isinstance(text, str):
            text = json.dumps(text)
        text = text.encode("utf-8", "surrogatepass")
        (folder / hashlib.sha1(text).hexdigest()).write_bytes(text)


def pack(folder, file):
    texts = set()
    for path in pathlib.Path(folder).iterdir():
        try:
            texts.add(path.read_bytes().decode("utf-8"))
        except UnicodeDecodeError:
            pass  # what is no UTF-8 reaches no target
    lines = (json.dumps(text) + "\n" for text in sorted(texts, key=lambda text: (len(text), text)))
    pathlib.Path(file).write_text("".join(lines), "utf-8")


{"unpack": unpack, "pack": pack}[sys.argv[1]](*sys.argv[2:])
