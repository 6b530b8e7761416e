"""tools/contract refuses each kind of break of a published contract, by name, and takes what only adds."""

import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools/contract"
PUBLISHED = """\
syntax = "proto3";
package trackfit.v1;

service Shop {
  rpc Buy(Order) returns (Receipt);
  rpc Follow(Order) returns (stream Receipt);
}
message Order {
  enum Kind {
    KIND_UNSPECIFIED = 0;
    KIND_GIFT = 1;
    reserved 7 to 9;
    reserved "KIND_LOAN";
  }
  reserved 4, 20 to 29;
  reserved "price";
  string name = 1;
  repeated int32 sizes = 2;
  Kind kind = 3;
  oneof payment {
    string card = 5;
    bytes cash = 6;
  }
  optional uint32 count = 7;
  map<string, Receipt> earlier = 8;
  Receipt last = 9;
}
message Receipt {
  int64 number = 1;
}
message Leaflet {}
enum Colour {
  COLOUR_UNSPECIFIED = 0;
}
"""

# What is replaced, by what, and what must be said of it.
BREAKS = {
    "removed field": (
        "  string name = 1;\n", "", "field trackfit.v1.Order.name: number 1 was removed"),
    "removed field whose number is reserved": (
        "  string name = 1;\n", "  reserved 1;\n", "field trackfit.v1.Order.name: number 1 was removed"),
    "renamed field": (
        "string name = 1", "string title = 1", "field trackfit.v1.Order.name: its number 1 is now that of title"),
    "number that is used anew": (
        "string name = 1", "bool paid = 1", "field trackfit.v1.Order.name: its number 1 is now that of paid"),
    "renumbered field": (
        "string name = 1", "string name = 10", "field trackfit.v1.Order.name: number was 1, is 10"),
    "retyped field": (
        "int64 number = 1", "sint64 number = 1", "field trackfit.v1.Receipt.number: type was int64, is sint64"),
    "field of another message": (
        "Receipt last = 9", "Leaflet last = 9",
        "field trackfit.v1.Order.last: type was trackfit.v1.Receipt, is trackfit.v1.Leaflet"),
    "field of another enum": (
        "  Kind kind = 3", "  Colour kind = 3",
        "field trackfit.v1.Order.kind: type was trackfit.v1.Order.Kind, is trackfit.v1.Colour"),
    "map of other values": (
        "map<string, Receipt>", "map<string, Leaflet>",
        "field trackfit.v1.Order.earlier: type was map<string, trackfit.v1.Receipt>, is map<string, trackfit.v1.Leaflet>"),
    "map that becomes a list": (
        "map<string, Receipt> earlier", "repeated Receipt earlier",
        "field trackfit.v1.Order.earlier: label was map, is repeated"),
    "repeated field that becomes singular": (
        "repeated int32 sizes", "int32 sizes", "field trackfit.v1.Order.sizes: label was repeated, is singular"),
    "singular field that becomes repeated": (
        "string name = 1", "repeated string name = 1", "field trackfit.v1.Order.name: label was singular, is repeated"),
    "presence that is lost": (
        "optional uint32 count", "uint32 count", "field trackfit.v1.Order.count: label was optional, is singular"),
    "field that leaves its oneof": (
        "    bytes cash = 6;\n  }", "  }\n  bytes cash = 6;", "field trackfit.v1.Order.cash: oneof was payment, is none"),
    "field that enters a oneof": (
        "  Receipt last = 9;", "  oneof before { Receipt last = 9; }",
        "field trackfit.v1.Order.last: oneof was none, is before"),
    "renamed oneof": (
        "oneof payment", "oneof means", "field trackfit.v1.Order.card: oneof was payment, is means"),
    "other JSON name": (
        "string name = 1", 'string name = 1 [json_name = "title"]',
        "field trackfit.v1.Order.name: JSON name was name, is title"),
    "removed message": ("message Leaflet {}\n", "", "message trackfit.v1.Leaflet: was removed"),
    "removed enum": (
        "enum Colour {\n  COLOUR_UNSPECIFIED = 0;\n}\n", "", "enum trackfit.v1.Colour: was removed"),
    "removed enum value": (
        "    KIND_GIFT = 1;\n", "", "enum value trackfit.v1.Order.Kind.KIND_GIFT: number 1 was removed"),
    "renamed enum value": (
        "KIND_GIFT = 1", "KIND_PRESENT = 1",
        "enum value trackfit.v1.Order.Kind.KIND_GIFT: its number 1 is now that of KIND_PRESENT"),
    "renumbered enum value": (
        "KIND_GIFT = 1", "KIND_GIFT = 2", "enum value trackfit.v1.Order.Kind.KIND_GIFT: number was 1, is 2"),
    "removed service": (
        PUBLISHED[PUBLISHED.index("service"):PUBLISHED.index("message")], "", "service trackfit.v1.Shop: was removed"),
    "removed method": (
        "  rpc Buy(Order) returns (Receipt);\n", "", "method trackfit.v1.Shop.Buy: was removed"),
    "method with another request": (
        "Buy(Order)", "Buy(Leaflet)", "method trackfit.v1.Shop.Buy: request was trackfit.v1.Order, is trackfit.v1.Leaflet"),
    "method with another response": (
        "Buy(Order) returns (Receipt)", "Buy(Order) returns (Leaflet)",
        "method trackfit.v1.Shop.Buy: response was trackfit.v1.Receipt, is trackfit.v1.Leaflet"),
    "requests that become a stream": (
        "Buy(Order)", "Buy(stream Order)",
        "method trackfit.v1.Shop.Buy: request was trackfit.v1.Order, is stream trackfit.v1.Order"),
    "responses that are no stream any more": (
        "(stream Receipt)", "(Receipt)",
        "method trackfit.v1.Shop.Follow: response was stream trackfit.v1.Receipt, is trackfit.v1.Receipt"),
    "number that is reserved no more": (
        "reserved 4, 20 to 29;", "reserved 20 to 29;", "message trackfit.v1.Order: number 4 was reserved, is not"),
    "number within a reserved range that is used": (
        "reserved 4, 20 to 29;", "reserved 4, 20 to 24, 26 to 29;\n  bool paid = 25;",
        "message trackfit.v1.Order: number 25 was reserved, is not"),
    "name that is reserved no more": (
        '  reserved "price";\n', "", "message trackfit.v1.Order: name price was reserved, is not"),
    "enum number that is reserved no more": (
        "reserved 7 to 9;", "reserved 7 to 8;", "enum trackfit.v1.Order.Kind: number 9 was reserved, is not"),
    "other package": (
        "package trackfit.v1;", "package trackfit.v2;",
        "file trackfit/v1/shop.proto: package was trackfit.v1, is trackfit.v2"),
}

ADDITIONS = {
    "field": ("string name = 1;", "string name = 1;\n  bool paid = 10;"),
    "field of a oneof": ("bytes cash = 6;", "bytes cash = 6;\n    bool voucher = 11;"),
    "enum value": ("KIND_GIFT = 1;", "KIND_GIFT = 1;\n    KIND_SAMPLE = 2;"),
    "message": ("message Leaflet {}", "message Leaflet {}\nmessage Poster { string text = 1; }"),
    "enum": ("enum Colour", "enum Shape { SHAPE_UNSPECIFIED = 0; }\nenum Colour"),
    "method": ("rpc Buy", "rpc Return(Order) returns (Receipt);\n  rpc Buy"),
    "service": ("service Shop", "service Market { rpc Buy(Order) returns (Receipt); }\nservice Shop"),
    "reservation": ("reserved 4, 20 to 29;", "reserved 4, 20 to 25, 26 to 40;"),
    "order of the fields": (
        "  string name = 1;\n  repeated int32 sizes = 2;\n", "  repeated int32 sizes = 2;\n  string name = 1;\n"),
}


def load_tool():
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("contract", str(TOOL))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("contract", loader))
    loader.exec_module(module)
    return module


contract = load_tool()


class Tree:
    """A source tree with nothing but a contract."""

    def __init__(self, folder):
        self.path = pathlib.Path(folder)
        (self.path / "proto/trackfit/v1").mkdir(parents=True)
        self.set_version("1.0.0")
        self.write(PUBLISHED)

    def set_version(self, version):
        (self.path / "CMakeLists.txt").write_text(f"project(shop VERSION {version} LANGUAGES CXX)\n")

    def write(self, text, name="shop"):
        (self.path / f"proto/trackfit/v1/{name}.proto").write_text(text)

    def run(self, *arguments):
        return subprocess.run(
            [sys.executable, TOOL, "--tree", self.path, *arguments], capture_output=True, text=True, check=False)


class ContractTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = Tree(folder.name)

    def variant(self, old, new):
        self.assertEqual(PUBLISHED.count(old), 1, f"{old!r} must name one place")
        self.tree.write(PUBLISHED.replace(old, new))
        return contract.compiled(self.tree.path)

    def test_refuses_each_kind_of_break(self):
        published = contract.compiled(self.tree.path)
        for name, (old, new, sentence) in BREAKS.items():
            with self.subTest(name):
                self.assertIn(sentence, contract.breaks(published, self.variant(old, new)))

    def test_takes_what_only_adds(self):
        published = contract.compiled(self.tree.path)
        for name, (old, new) in ADDITIONS.items():
            with self.subTest(name):
                self.assertEqual([], contract.breaks(published, self.variant(old, new)))

    def test_says_one_sentence_of_a_break_and_none_of_its_parts(self):
        published = contract.compiled(self.tree.path)
        found = contract.breaks(published, self.variant("string name = 1", "string name = 10"))
        self.assertEqual(["field trackfit.v1.Order.name: number was 1, is 10"], found)
        colour = "enum Colour {\n  COLOUR_UNSPECIFIED = 0;\n}\n"
        self.assertEqual(
            ["enum trackfit.v1.Colour: was removed"], contract.breaks(published, self.variant(colour, "")))

    def test_refuses_a_message_that_moves_to_another_file(self):
        published = contract.compiled(self.tree.path)
        self.tree.write(PUBLISHED.replace("message Leaflet {}\n", ""))
        self.tree.write('syntax = "proto3";\npackage trackfit.v1;\nmessage Leaflet {}\n', "leaflet")
        self.assertEqual(
            ["message trackfit.v1.Leaflet: file was trackfit/v1/shop.proto, is trackfit/v1/leaflet.proto"],
            contract.breaks(published, contract.compiled(self.tree.path)))

    def test_refuses_another_syntax_and_a_removed_file(self):
        self.tree.write('syntax = "proto3";\npackage trackfit.v1;\n', "leaflet")
        published = contract.compiled(self.tree.path)
        self.tree.write('syntax = "proto2";\npackage trackfit.v1;\n', "leaflet")
        self.assertEqual(
            ["file trackfit/v1/leaflet.proto: syntax was proto3, is proto2"],
            contract.breaks(published, contract.compiled(self.tree.path)))
        (self.tree.path / "proto/trackfit/v1/leaflet.proto").unlink()
        self.assertEqual(
            ["file trackfit/v1/leaflet.proto: was removed"],
            contract.breaks(published, contract.compiled(self.tree.path)))

    def test_holds_a_tree_against_its_last_release(self):
        unreleased = self.tree.run()
        self.assertEqual(1, unreleased.returncode)
        self.assertIn("there is no proto/released.textproto", unreleased.stderr)

        self.assertEqual(0, self.tree.run("--release").returncode)
        self.assertEqual(0, self.tree.run().returncode)

        self.tree.write(PUBLISHED.replace("string name = 1", "string name = 10"))
        broken = self.tree.run()
        self.assertEqual(1, broken.returncode)
        self.assertEqual("contract: field trackfit.v1.Order.name: number was 1, is 10\n", broken.stderr)

    def test_releases_additions_with_their_version_and_no_break(self):
        self.tree.run("--release")
        self.tree.write(PUBLISHED.replace("message Leaflet {}", "message Leaflet { string text = 1; }"))
        self.tree.set_version("1.1.0")
        outdated = self.tree.run()
        self.assertEqual(1, outdated.returncode)
        self.assertIn("is of 1.0.0, CMakeLists.txt of 1.1.0", outdated.stderr)
        self.assertEqual(0, self.tree.run("--release").returncode)

        self.tree.write(PUBLISHED)
        for arguments in [], ["--release"]:
            with self.subTest(arguments):
                taken_back = self.tree.run(*arguments)
                self.assertEqual(1, taken_back.returncode)
                self.assertIn("field trackfit.v1.Leaflet.text: number 1 was removed", taken_back.stderr)

    def test_says_what_protoc_says(self):
        self.tree.write("message {")
        broken = self.tree.run("--release")
        self.assertEqual(1, broken.returncode)
        self.assertIn("shop.proto:1:9: Expected message name", broken.stderr)


if __name__ == "__main__":
    unittest.main()
