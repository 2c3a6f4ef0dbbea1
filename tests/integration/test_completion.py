"""What the shells offer with our scripts (tests/data/completion.json). The scripts are of commands that exist only in the tests
(tests/unit/cli/completion_script.c), so that a case does not change with a command. Each shell is asked all lines at once."""

import json
import os
import pathlib
import pty
import shutil
import subprocess
import time

import pytest

from built import ROOT, built, sanitizer_environment
from terminal import is_readable

CASES = json.loads((ROOT / "tests/data/completion.json").read_text())
TIME_LIMIT_SECONDS = 30

BASH = r"""
source ./script
while IFS= read -r line; do
  read -ra COMP_WORDS <<<"${line//=/ = }"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _arazzo
  for word in "${COMPREPLY[@]}"; do
    [[ -d $word ]] && word+=/
    printf '%s\n' "$word"
  done
  echo .
done
"""

FISH = """
source ./script
while read -l line
  complete -C"$line" | string replace -r '\\t.*' ''
  echo .
end
"""

# compadd is what offers in zsh; with -A it only tells which of its words fit.
ZSH = r"""
autoload -Uz compinit; compinit -u -D
source ./script
compadd() {
  local -a fitting
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  builtin compadd -A fitting "$@"
  local word prefix=${IPREFIX#--*=}
  for word in $fitting; do
    [[ $PREFIX == */* && $word != */* ]] && word=${PREFIX%/*}/$word
    [[ -d $word ]] && word+=/
    print -r -- "$prefix$word" >>answers
  done
  builtin compadd "$@"
}
ask() {
  local line
  while IFS= read -r line; do
    BUFFER=$line CURSOR=$#line
    zle list-choices
    print -r -- . >>answers
  done <lines
  print -r -- end >>answers
}
zle -N ask; bindkey '^X' ask; bindkey -s '^Y' '^X'
print ready
"""


def folder_of(path, shell):
    """A folder with the script, some files, and the lines to complete."""
    (path / "dir").mkdir()
    for name in ("doc.yml", "doc.json", "dir/in.yml", "other.txt"):
        (path / name).write_text("")
    (path / "lines").write_text("".join(case["line"] + "\n" for case in CASES))
    script = subprocess.run([built("completion_script"), shell], capture_output=True, check=True,
                            env={**os.environ, **sanitizer_environment()}).stdout
    (path / "script").write_bytes(script)
    return path


def ask_at_once(folder, command, program):
    with open(folder / "lines") as lines:
        done = subprocess.run([*command, program], cwd=folder, stdin=lines, capture_output=True, text=True,
                              timeout=TIME_LIMIT_SECONDS, env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"})
    assert done.stderr == ""
    return done.stdout


def read_until(terminal, part):
    text, end = b"", time.monotonic() + TIME_LIMIT_SECONDS
    while part not in text:
        assert is_readable(terminal, max(0, end - time.monotonic())), text
        text += os.read(terminal, 65536)


def ask_zsh(folder):
    """zsh completes only where somebody types: in a terminal."""
    (folder / "setup").write_text(ZSH)
    terminal, other = pty.openpty()
    process = subprocess.Popen(["zsh", "-f", "-i"], cwd=folder, stdin=other, stdout=other, stderr=other, start_new_session=True,
                               env={"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"})
    try:
        os.write(terminal, b"source ./setup\n")
        read_until(terminal, b"\nready")
        os.write(terminal, b"\x18")
        end = time.monotonic() + TIME_LIMIT_SECONDS
        answers = folder / "answers"
        while not (answers.exists() and answers.read_text().endswith("end\n")):
            assert time.monotonic() < end
            if is_readable(terminal, 0.05):
                os.read(terminal, 65536)
        return answers.read_text()
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
        os.close(other)


ASK = {
    "bash": lambda folder: ask_at_once(folder, ["bash", "--norc", "-c"], BASH),
    "fish": lambda folder: ask_at_once(folder, ["fish", "--no-config", "-c"], FISH),
    "zsh": ask_zsh,
}


@pytest.fixture(scope="module", params=ASK)
def shell(request, tmp_path_factory):
    """A shell's name, and what it offers for each line."""
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    folder = folder_of(tmp_path_factory.mktemp(request.param), request.param)
    answers = ASK[request.param](folder).removesuffix("end\n").split(".\n")
    return request.param, dict(zip([case["line"] for case in CASES], answers))


def last_word(text):
    """fish repeats "--choice=" before a word, bash and zsh don't."""
    return text.split("=", 1)[1] if text.startswith("--") and "=" in text else text


@pytest.mark.parametrize("case", CASES, ids=[case["name"].replace(" ", "-") for case in CASES])
def test_offers(shell, case):
    name, answers = shell
    offers = sorted({last_word(word) for word in answers[case["line"]].split("\n") if word})
    expected = sorted(case["offers"])
    if name == "fish" and not case["line"].split()[-1].startswith("-"):
        expected = [word for word in expected if not word.startswith("--")]  # fish offers options behind a dash only
    assert offers == expected


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_commands_own_scripts_are_read(arazzo, tmp_path, name):
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed")
    script = arazzo("completion", name).stdout
    assert "graph" in script and "max-steps" in script
    (tmp_path / "script").write_text(script)
    done = subprocess.run([name, "-n", pathlib.Path(tmp_path / "script")], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
