"""Collecting: whose it is, when it came, what is taken, and that nothing is half taken."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.collecting.collect import Outcome, Plan, collect
from autograder.collecting.names import Naming, read_pattern, safe_id
from autograder.collecting.times import comes_twice, member_time, read_received
from autograder.commands.collect import collect as command
from autograder.course import Course
from autograder.errors import CourseError
from autograder.lab import Exercise
from autograder.late import days_late, read_timestamp
from autograder.settings import LabSettings
from tests.autograder.conftest import LAB, Quiet
from tests.autograder.test_cli import run
from tests.autograder.test_unzip import bomb, packed, special

EX1, EX2 = "ex1_base_model", "ex2_magnitude_pruning"
BERLIN = ZoneInfo("Europe/Berlin")
TIME = (2026, 12, 1, 23, 40, 0)
CANVAS = "muellerjorg_12345_67890_lab1_magnitude-ada.zip"
MOODLE = "Jörg Müller_1234567_assignsubmission_file_"


def zipped(
    exercises: dict[str, Exercise], names: Iterable[str] = (EX1, EX2), extra: Iterable = ()
) -> bytes:
    """What `labkit submit` writes."""
    notebooks = [
        (f"{LAB}/{n}.ipynb", nbformat.writes(exercises[n].student_edition).encode()) for n in names
    ]
    return packed([*notebooks, (f"{LAB}/results/curve.csv", b"1,2"), *extra])


def bulk(path: Path, contents: dict[str, bytes], stamp: tuple[int, ...] = TIME) -> Path:
    path.write_bytes(packed([(zipfile.ZipInfo(n, stamp), c) for n, c in contents.items()]))
    return path


def call(course: Course, source: Path, **changed) -> dict[str, Outcome]:
    """Collect; what became of each student's hand-in."""
    naming = Naming(
        LAB,
        pattern=changed.pop("pattern", None),
        student=changed.pop("student", ""),
        roster=changed.pop("roster", frozenset()),
    )
    names = [path.stem for path in (course.labs / LAB).glob("*.ipynb")]
    due = changed.pop("due", None)
    settings = LabSettings("Lab 1", due=due, extensions=changed.pop("extensions", {}))
    plan = Plan(LAB, names, naming, BERLIN, settings, **changed)
    outcomes, nameless = collect(course, source, plan, Quiet())
    call.nameless = nameless  # type: ignore[attr-defined]
    return {outcome.owner.student: outcome for outcome in outcomes}


def there(course: Course, student: str) -> set[str]:
    folder = course.submitted / student / LAB
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def came(course: Course, student: str) -> str:
    """When a submission came, by the clock on the wall of the course."""
    received = read_timestamp(course.submitted / student / LAB)
    assert received is not None
    return received.astimezone(BERLIN).isoformat(sep=" ", timespec="minutes")


WHOLE = {f"{EX1}.ipynb", f"{EX2}.ipynb", "results/curve.csv", "timestamp.txt"}


@pytest.mark.parametrize(
    ("path", "student", "by"),
    [
        (CANVAS, "12345", "Canvas"),
        ("muellerjorg_LATE_12345_67890_ex1.ipynb", "12345", "Canvas"),
        ("muellerjorg_12345_67890_x_9_8_lab1_magnitude-ada.zip", "12345", "Canvas"),
        (f"{MOODLE}/lab1_magnitude-ada.zip", "Jörg Müller", "Moodle"),
        (f"all/{MOODLE}/ex1.ipynb", "Jörg Müller", "Moodle"),
        (f"{MOODLE}x_9_assignsubmission_file_ex1.ipynb", "Jörg Müller", "Moodle"),
        ("Participant_77_assignsubmission_file_/a.zip", "Participant_77", "Moodle"),
        (unicodedata.normalize("NFD", f"{MOODLE}/a.zip"), "Jörg Müller", "Moodle"),
        ("van_der_berg_12345_67890_ex1.ipynb", "12345", "Canvas"),
        ("x_666_12345_67890_lab1_magnitude-ada.zip", None, None),  # calls himself "x_666"
        ("muellerjorg_12345_67890_666_7_x.zip", None, None),  # calls his file 666_7_x.zip
        ("LATE_anon_aB3d5_67890_ex1.ipynb", "anon_aB3d5", "Canvas"),
        ("lab1_magnitude-ada.zip", "ada", "zip, so the student"),
        ("lab1_magnitude-ada (1).zip", "ada", "zip, so the student"),
        ("lab1_magnitude-group-3.zip", "group-3", "zip, so the student"),
        ("lab1_magnitude-..zip", None, None),
        ("lab2_criteria-ada.zip", None, None),
        ("ex1_base_model.ipynb", None, None),
    ],
)
def test_whose_a_file_is(path: str, student: str | None, by: str | None) -> None:
    owner = Naming(LAB).owner(path)
    assert (owner and owner.student, owner and owner.by) == (student, by)


def test_the_gradebook_settles_which_name_of_a_platform_counts() -> None:
    assert Naming(LAB, roster={"muellerjorg"}).owner(CANVAS).student == "muellerjorg"
    assert Naming(LAB, roster={"muellerjorg", "12345"}).owner(CANVAS).student == "12345"
    assert Naming(LAB, roster={"ada"}).owner(CANVAS).student == "12345"  # never the student's word


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("Jörg Müller", "Jörg Müller"),
        (unicodedata.normalize("NFD", "Jörg Müller"), "Jörg Müller"),
        ("李 雷", "李 雷"),
        ("../../etc", "etc"),
        ("..", ""),
        ("a/b\\c", "a_b_c"),
        ("a*?[1]", "a___1_"),
        (".hidden", "hidden"),
        ("a\x00\x1b\u202eb", "a___b"),
        ("  a \t b ", "a _ b"),
        ("-rf", "rf"),
    ],
)
def test_ids_are_safe_as_folders(name: str, student: str) -> None:
    assert safe_id(name) == student == safe_id(student)


def test_long_ids_stay_apart_and_short() -> None:
    one, other = safe_id("李" * 200 + "a"), safe_id("李" * 200 + "b")
    assert one != other and len(one.encode()) < 255 and safe_id(one) == one


def test_a_download_of_canvas(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    source = bulk(
        tmp_path / "submissions.zip",
        {
            CANVAS: zipped(exercises),
            "x_LATE_2_3_lab1_magnitude-ada-1.zip": zipped(exercises, [EX1]),
            "loose_4_5_ex1_base_model-1.ipynb": b"{}",
            "loose_4_6_report.pdf": b"%PDF",
            "readme.txt": b"",
        },
    )
    got = call(course, source)
    assert {s: o.what for s, o in got.items()} == dict.fromkeys(["12345", "2", "4"], "new")
    assert call.nameless == ["readme.txt"]  # type: ignore[attr-defined]
    assert there(course, "12345") == WHOLE
    assert there(course, "4") == {f"{EX1}.ipynb", "report.pdf", "timestamp.txt"}
    assert came(course, "12345") == "2026-12-01 23:40+01:00"
    assert not (course.submitted / "ada").exists()


def test_a_download_of_moodle(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    source = bulk(
        tmp_path / "moodle.zip",
        {
            f"{unicodedata.normalize('NFD', MOODLE)}/lab1_magnitude-x.zip": zipped(exercises),
            f"Ada L_8_assignsubmission_file_/{EX1}.ipynb": b"{}",
            f"Ada L_8_assignsubmission_file_/{EX2}.ipynb": b"{}",
            f"Max_11_assignsubmission_file_/{EX1}.ipynb": b"{}",
            f"Max_12_assignsubmission_file_/{EX1}.ipynb": b"{}",
        },
    )
    got = call(course, source)
    assert got.keys() == {"Jörg Müller", "Ada L", "Max_11", "Max_12"}
    assert there(course, "Jörg Müller") == WHOLE
    assert there(course, "Ada L") == {f"{EX1}.ipynb", f"{EX2}.ipynb", "timestamp.txt"}


def test_a_folder_of_zips_and_of_folders(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    source = tmp_path / "mail"
    (source / "bob" / LAB).mkdir(parents=True)
    (source / "bob" / LAB / f"{EX1}.ipynb").write_bytes(b"{}")
    (source / "bob" / "lab2_criteria").mkdir()
    (source / "bob" / "lab2_criteria" / f"{EX1}.ipynb").write_bytes(b"{2}")
    (source / "cleo").mkdir()
    (source / "cleo" / "lab1_magnitude-bob.zip").write_bytes(zipped(exercises, [EX2]))
    (source / "lab1_magnitude-ada.zip").write_bytes(zipped(exercises))
    (source / "lab1_magnitude-dan.zip").symlink_to(source / "lab1_magnitude-ada.zip")
    (source / f"{EX1}.ipynb").write_bytes(b"{}")
    os.utime(source / "lab1_magnitude-ada.zip", (1_800_000_000, 1_800_000_000))
    got = call(course, source)
    assert {s: o.what for s, o in got.items()} == {
        "ada": "new", "bob": "new", "cleo": "new", "dan": "not taken",
    }  # fmt: skip
    assert call.nameless == [f"{EX1}.ipynb"]  # type: ignore[attr-defined]
    assert (course.submitted / "bob" / LAB / f"{EX1}.ipynb").read_bytes() == b"{}"
    assert f"{EX2}.ipynb" in there(course, "cleo")
    assert came(course, "ada") == "2027-01-15 09:00+01:00"
    assert "is a symbolic link" in got["dan"].notes[0]


def test_one_file_and_whose_it_is(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    single = tmp_path / "lab1_magnitude-ada.zip"
    # It holds another student's zip: with a student's name it is no bulk zip.
    single.write_bytes(zipped(exercises, extra=[("lab1_magnitude-bob.zip", zipped(exercises))]))
    assert call(course, single).keys() == {"ada"}
    assert not (course.submitted / "bob").exists()
    notebook = tmp_path / f"{EX1} (1).ipynb"
    notebook.write_bytes(b"{}")
    assert call(course, notebook) == {}
    assert call(course, notebook, student="cleo")["cleo"].what == "new"
    assert there(course, "cleo") == {f"{EX1}.ipynb", "timestamp.txt"}
    pattern = read_pattern(r"for (?P<student_id>\w+)/")
    other = bulk(tmp_path / "other.zip", {f"for dora/{EX1}.ipynb": b"{}"})
    assert call(course, other, pattern=pattern)["dora"].what == "new"


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ([("../ada/" + EX1 + ".ipynb", b"{}")], "leads out of its folder"),
        ([("old/" + EX1 + ".ipynb", b"{}"), (special(f"x/{EX1}.ipynb", 0o120000), b"/etc")],
         "is a symbolic link"),
        ([(f"{LAB}/{EX2}.IPYNB", b"{}")], "differs from another only in upper and lower case"),
        ([(f"{LAB}/{EX1}.ipynb", b"{}")], "is there twice"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_bad_zip_is_refused_as_a_whole_and_alone(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path, extra: list, words: str
) -> None:
    source = bulk(
        tmp_path / "submissions.zip",
        {
            "eve_1_1_x.zip": zipped(exercises, extra=extra),
            "bob_2_2_x.zip": b"PK\x03\x04 half a zip",
            "ada_3_3_x.zip": zipped(exercises),
        },
    )
    got = call(course, source)
    assert {s: o.what for s, o in got.items()} == {"1": "not taken", "2": "not taken", "3": "new"}
    assert words in got["1"].notes[0] and "damaged" in got["2"].notes[0]
    assert there(course, "1") == there(course, "2") == set() and there(course, "3") == WHOLE


def test_a_bomb_stops_itself_only(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    large = bomb(300_000_000).replace(b"lab/ex1.ipynb", b"lab/ex_.ipynb")
    deep = packed([("lab1_magnitude-x.zip", packed([(f"{LAB}/{EX1}.ipynb", b"{}")]))])
    notebook = packed([(f"{EX1}.ipynb", b" " * 60_000_000)], zipfile.ZIP_STORED)
    names = {"a_1_1_x.zip": large, "b_2_2_x.zip": deep, "c_3_3_x.zip": notebook}
    started = time.monotonic()
    got = call(course, bulk(tmp_path / "s.zip", names | {"d_4_4_x.zip": zipped(exercises)}))
    assert time.monotonic() - started < 10
    assert [outcome.what for outcome in got.values()] == ["not taken"] * 3 + ["new"]
    assert "holds no notebook of this lab" in got["1"].notes[0]
    assert "only a zip inside the zip" in got["2"].notes[0]
    assert "which is larger than 50 MB" in got["3"].notes[0]
    assert [path.name for path in course.submitted.iterdir()] == ["4"]


def test_what_else_is_in_a_zip_is_named_and_left_out(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    extra = [
        (f"{LAB}/timestamp.txt", b"2020-01-01 00:00:00 UTC"),
        (f"{LAB}/run.sh", b"rm"),
        (f"{LAB}/page.html", b"<script>"),
        (f"{LAB}/-x.csv", b""),
        (f"{LAB}/big.csv", b"1" * 6_000_000),
        (special(f"{LAB}/link.csv", 0o120000), b"/etc/passwd"),
        (f"{LAB}/{EX1} (1).ipynb", b"{}"),
        (f"{LAB}/.ipynb_checkpoints/{EX1}-checkpoint.ipynb", b"{}"),
        (f"__MACOSX/{LAB}/._{EX1}.ipynb", b"junk"),
        (f"{LAB}/.venv/bin/python", b"x"),
    ]
    source = tmp_path / "lab1_magnitude-ada.zip"
    source.write_bytes(zipped(exercises, extra=extra))
    notes = "\n".join(call(course, source)["ada"].notes)
    assert there(course, "ada") == WHOLE
    assert "timestamp.txt is ignored" in notes and "2020" not in came(course, "ada")
    assert "link.csv is a symbolic link; left out" in notes and "larger than 5 MB" in notes
    assert "left out: lab1_magnitude/run.sh, lab1_magnitude/page.html" in notes
    assert "and 2 more" in notes and "MACOSX" not in notes


def test_twice_the_same_changes_nothing(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    source = bulk(tmp_path / "s.zip", {CANVAS: zipped(exercises)})
    call(course, source)
    written = course.submitted / "12345" / LAB / f"{EX1}.ipynb"
    before = written.stat()
    assert call(course, source)["12345"].what == "as it was"
    assert written.stat() == before
    # Downloaded again later: the same files came when they first came.
    later = bulk(tmp_path / "t.zip", {CANVAS: zipped(exercises)}, (2026, 12, 9, 0, 0, 0))
    assert call(course, later)["12345"].what == "as it was"
    assert came(course, "12345") == "2026-12-01 23:40+01:00"
    said = read_received("2026-12-02 08:00", BERLIN)
    assert call(course, source, received=said)["12345"].what == "time corrected"
    assert came(course, "12345") == "2026-12-02 08:00+01:00"
    assert not (course.build / "collected-before").exists()


def test_a_new_submission_keeps_the_one_before(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    first = bulk(tmp_path / "a.zip", {CANVAS: zipped(exercises)})
    later = {CANVAS: zipped(exercises, [EX1])}
    second = bulk(tmp_path / "b.zip", later, (2026, 12, 2, 9, 0, 0))
    broken = bulk(tmp_path / "c.zip", {CANVAS: b"PK"}, (2026, 12, 3, 9, 0, 0))
    call(course, first)
    assert call(course, second, dry_run=True)["12345"].what == "replaced"
    assert there(course, "12345") == WHOLE
    assert call(course, second)["12345"].what == "replaced"
    assert there(course, "12345") == WHOLE - {f"{EX2}.ipynb"}
    (kept,) = (course.build / "collected-before" / "12345" / LAB).iterdir()
    assert {p.relative_to(kept).as_posix() for p in kept.rglob("*") if p.is_file()} == WHOLE
    # An older download does not undo it, nor does a bad one.
    assert call(course, first)["12345"].what == "kept a later one"
    assert call(course, broken)["12345"].what == "not taken"
    assert there(course, "12345") == WHOLE - {f"{EX2}.ipynb"}
    assert sorted(p.name for p in (course.submitted / "12345").iterdir()) == [LAB]


def test_of_several_zips_the_latest_counts(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    source = tmp_path / "mail"
    source.mkdir()
    for name, names, when in (("", [EX1], 1_800_000_000), (" (1)", [EX2], 1_800_000_060)):
        path = source / f"lab1_magnitude-ada{name}.zip"
        path.write_bytes(zipped(exercises, names))
        os.utime(path, (when, when))
    assert "came earlier" in call(course, source)["ada"].notes[0]
    assert f"{EX2}.ipynb" in there(course, "ada") and f"{EX1}.ipynb" not in there(course, "ada")
    os.utime(path, (1_800_000_000, 1_800_000_000))
    assert call(course, source)["ada"].what == "not taken"


def test_a_link_in_the_place_of_a_student_s_folder_is_not_written_through(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    (course.submitted / "ada" / LAB).mkdir(parents=True)
    (course.submitted / "12345").symlink_to(course.submitted / "ada")
    got = call(course, bulk(tmp_path / "a.zip", {CANVAS: zipped(exercises)}))
    assert got["12345"].what == "not taken" and there(course, "ada") == set()


@pytest.mark.parametrize(
    ("stamp", "utc"),
    [
        ((2026, 12, 1, 23, 40, 0), "2026-12-01T22:40:00+00:00"),
        ((2026, 7, 1, 23, 40, 0), "2026-07-01T21:40:00+00:00"),
        ((2026, 10, 25, 1, 59, 58), "2026-10-24T23:59:58+00:00"),
        ((2026, 10, 25, 2, 30, 0), "2026-10-25T00:30:00+00:00"),  # twice: the earlier
        ((2026, 10, 25, 3, 0, 0), "2026-10-25T02:00:00+00:00"),
        ((2026, 3, 29, 1, 59, 0), "2026-03-29T00:59:00+00:00"),
        ((2026, 3, 29, 2, 30, 0), "2026-03-29T01:30:00+00:00"),  # never: as if not yet changed
        ((2026, 3, 29, 3, 0, 0), "2026-03-29T01:00:00+00:00"),
        ((1980, 1, 1, 0, 0, 0), None),
        ((2026, 13, 40, 25, 0, 0), None),
    ],
)
def test_times_of_members_around_clock_changes(stamp: tuple, utc: str | None) -> None:
    received = member_time(stamp, BERLIN)
    assert (received and received.isoformat()) == utc


def test_the_instructor_s_word_around_clock_changes() -> None:
    assert read_received("2026-10-25 02:30", BERLIN).hour == 0
    assert read_received("2026-10-25 02:30+01:00", BERLIN).hour == 1
    assert comes_twice(read_received("2026-10-25 02:30", BERLIN), BERLIN)
    assert not comes_twice(read_received("2026-10-25 03:30", BERLIN), BERLIN)
    with pytest.raises(CourseError, match="a time that Europe/Berlin skips"):
        read_received("2026-03-29 02:30", BERLIN)
    for text in ("soon", "2026-12-01", "23:40", "2026-12-01 25:00"):
        with pytest.raises(CourseError, match="expected a local date and time"):
            read_received(text, BERLIN)


def test_the_hour_that_comes_twice_is_late_by_its_first_turn(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    due = dt.datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN)
    source = bulk(tmp_path / "a.zip", {CANVAS: zipped(exercises)}, (2026, 10, 25, 2, 10, 0))
    assert "twice that night" in call(course, source)["12345"].notes[0]
    received = read_timestamp(course.submitted / "12345" / LAB)
    assert received is not None and days_late(due, received) == 0
    assert days_late(due, received + dt.timedelta(hours=1)) == 1  # its second turn


def test_canvas_s_own_mark_says_who_is_late(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    """Canvas gives every file the time at which it made the zip."""
    due = dt.datetime(2026, 12, 1, 23, 59, tzinfo=BERLIN)
    names = ["in_1_5_x.zip", "late_LATE_2_6_x.zip", "longer_3_7_x.zip"]
    made = (2026, 12, 4, 9, 0, 0)
    source = bulk(tmp_path / "s.zip", dict.fromkeys(names, zipped(exercises)), made)
    longer = {"3": dt.datetime(2026, 12, 8, 23, 59, tzinfo=BERLIN)}
    got = call(course, source, due=due, extensions=longer)
    assert came(course, "1") == "2026-12-01 23:59+01:00" and not got["1"].notes
    assert came(course, "2") == "2026-12-04 09:00+01:00"
    assert "not since when" in got["2"].notes[0]
    assert came(course, "3") == "2026-12-04 09:00+01:00"
    said = read_received("2026-12-02 08:00", BERLIN)
    call(course, source, due=due, received=said)
    assert came(course, "1") == came(course, "2") == "2026-12-02 08:00+01:00"


def test_the_command_as_an_instructor_meets_it(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    course.build.mkdir(exist_ok=True)
    with Gradebook(f"sqlite:///{course.build / 'gradebook.db'}") as gradebook:
        gradebook.add_student("12345")
    names = {CANVAS: zipped(exercises), "eve_6_6_x.zip": b"PK", "note\x1b[2J.txt": b""}
    source = bulk(tmp_path / "submissions.zip", names)
    done = run(course.root, "collect", LAB, str(source))
    assert done.returncode == 1 and "Error: Not taken: 6." in done.stderr
    assert "6: the gradebook does not know this id." in done.stdout
    assert "12345: the gradebook" not in done.stdout
    assert "note?[2J.txt: its name says no student's id; skipped." in done.stdout
    assert "\x1b" not in done.stdout and "2026-12-01 23:40" in done.stdout
    assert "the time of the file in the bulk zip (Europe/Berlin)" in done.stdout
    good = bulk(tmp_path / "good.zip", {CANVAS: zipped(exercises)})
    again = run(course.root, "collect", LAB, str(good), "--dry-run")
    assert again.returncode == 0 and "nothing changed" in again.stdout
    assert "Nothing was written. It would be: 1 as it was" in again.stdout


@pytest.mark.parametrize(
    ("source", "options", "words"),
    [
        ("nothing.zip", {}, "There is no nothing.zip"),
        ("course.toml", {}, "is neither a zip nor a notebook"),
        ("bad.zip", {}, "is no zip, or a damaged one"),
        (".", {"pattern": "(x"}, "is no regular expression"),
        (".", {"pattern": "x"}, "names no student"),
        (".", {"student": "../ada"}, "no name for a folder; try 'ada'"),
        (".", {"student": "a", "pattern": "b"}, "give one of them"),
        (".", {"received": "soon"}, "expected a local date and time"),
    ],
)
def test_bad_calls_get_one_sentence(
    course: Course,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    options: dict[str, str],
    words: str,
) -> None:
    monkeypatch.chdir(course.root)
    Path("bad.zip").write_bytes(b"PK\3\4")
    with pytest.raises(CourseError, match=re.escape(words)) as caught:
        command(LAB, Path(source), **options)
    assert "\n" not in str(caught.value)


def test_help_has_an_example(tmp_path: Path) -> None:
    done = run(tmp_path, "collect", "--help")
    assert done.returncode == 0 and "Example" in done.stdout and "STUDENT" in done.stdout
