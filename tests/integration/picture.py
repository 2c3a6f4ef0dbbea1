"""What `arazzo graph` writes, read back: Mermaid's text as arrows, SVG as rectangles and points."""

import dataclasses
import re
import xml.etree.ElementTree as ElementTree

SVG = "{http://www.w3.org/2000/svg}"
TEXT = r'"(?P<text>(?:[\w .,:=()/<>\u0080-\U0010ffff-]|#\d+;)*)"'
NODE = re.compile(r"^    (?P<id>w\d+n\d+)(?:\(\[|\[\[?|\{\{)" + TEXT + r"(?:\]\)|\]\]?|\}\})(?:::(?::deletes|:fails))?$")
ARROW = re.compile(r"^    (?P<source>w\d+n\d+) (?P<line>-->|-\.->)(?:\|" + TEXT + r"\|)? (?P<target>w\d+n\d+)$")
SUBGRAPH = re.compile(r"^  subgraph w\d+\[" + TEXT + r"\]$")
OTHER = re.compile(r"^flowchart TD$|^  end$|^  classDef \w+ [\w:#,-]+$|^  acc(Title|Descr): [\w ,.]+$")


def plain(text):
    text = re.sub(r"#(\d+);", lambda match: chr(int(match[1])), text.replace("<br/>", "\n"))
    return text


def mermaid_arrows(text):
    """Every arrow as "a -> b: label", dashed ones as "a -.-> b: label". Each line must be one of those that we mean to write."""
    names, arrows = {}, []
    for line in text.splitlines():
        if node := NODE.match(line):
            names[node["id"]] = plain(node["text"]).split("\n")[0]
        elif arrow := ARROW.match(line):
            label = plain(arrow["text"] or "").replace("\n", " ")
            line = "->" if arrow["line"] == "-->" else "-.->"
            arrows.append(f"{names[arrow['source']]} {line} {names[arrow['target']]}" + (f": {label}" if label else ""))
        else:
            assert SUBGRAPH.match(line) or OTHER.match(line), line
    return arrows


@dataclasses.dataclass
class Rect:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other):
        return (self.left < other.right and other.left < self.right and self.top < other.bottom and
                other.top < self.bottom)

    def has(self, x, y, margin=0):
        return (self.left + margin < x < self.right - margin and self.top + margin < y < self.bottom - margin)

    def holds(self, other):
        return (self.left <= other.left and self.top <= other.top and other.right <= self.right and
                other.bottom <= self.bottom)


def rect_of(element):
    x, y, width, height = (float(element.get(name)) for name in ("x", "y", "width", "height"))
    return Rect(x, y, x + width, y + height)


def points_of(course):
    """Points along a path of M, H, V, L, C and Z, close to each other."""
    points, at = [], (0.0, 0.0)
    for letter, numbers in re.findall(r"([MHVLCZ])([^MHVLCZ]*)", course):
        values = [float(number) for number in numbers.split()]
        if letter == "M":
            at = (values[0], values[1])
            points.append(at)
            continue
        if letter == "Z":
            continue
        if letter == "C":
            ends = [at, *zip(values[::2], values[1::2])]
        else:
            end = {"H": lambda: (values[0], at[1]), "V": lambda: (at[0], values[0]),
                   "L": lambda: (values[0], values[1])}[letter]()
            ends = [at, at, end, end]
        for step in range(1, 25):
            t = step / 24
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3)
            points.append(tuple(sum(w * p[axis] for w, p in zip(weights, ends)) for axis in (0, 1)))
        at = ends[-1]
    return points


class Panel:
    """One workflow of an SVG picture."""

    def __init__(self, group):
        def classes(element):
            return element.get("class", "").split()
        self.boxes, self.labels, self.arrows = [], [], []
        for element in group.iter():
            if "box" in classes(element) and element.tag == SVG + "rect":
                self.boxes.append(rect_of(element))
            elif "box" in classes(element):
                xs, ys = zip(*points_of(element.get("d")))
                self.boxes.append(Rect(min(xs), min(ys), max(xs), max(ys)))
            elif "label" in classes(element):
                self.labels.append(rect_of(element))
            elif "arrow" in classes(element):
                self.arrows.append(points_of(element.get("d")))


class Picture:
    def __init__(self, text):
        self.root = ElementTree.fromstring(text)
        self.panels = [Panel(group) for group in self.root.iter(SVG + "g") if group.get("transform")]
        self.texts = ["".join(text.itertext()) for text in self.root.iter(SVG + "text")]
        self.width, self.height = float(self.root.get("width")), float(self.root.get("height"))


def faults_of(panel):
    """What is not readable in a panel, in words."""
    faults = []
    places = [("box", rect) for rect in panel.boxes] + [("label", rect) for rect in panel.labels]
    for i, (kind, rect) in enumerate(places):
        faults += [f"a {kind} and a {other} overlap: {rect}, {second}" for other, second in places[i + 1:]
                   if rect.overlaps(second)]
    for points in panel.arrows:
        through = [rect for rect in panel.boxes if any(rect.has(*point, margin=2) for point in points)]
        faults += [f"an arrow leads through a box: {rect}" for rect in through]
        labels = [rect for rect in panel.labels if any(rect.has(*point) for point in points)]
        if len(labels) > 1:
            faults.append(f"an arrow lies under {len(labels)} labels: {labels}")
    return faults
