#include "torch_files/unpickler.h"

#include <bit>
#include <memory>
#include <unordered_map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "torch_files/pickle_opcodes.h"

namespace trackfit::torch_files {
namespace {

using Kind = PickleValue::Kind;
using enum Opcode;

// Values copied, per byte of the pickle.
constexpr size_t kMaxCopies = 8;

bool IsDictType(const PickleValue& callee) {
  if (callee.kind != Kind::kGlobal) return false;
  for (const char* name :
       {"collections.OrderedDict", "collections.defaultdict", "builtins.dict", "__builtin__.dict"}) {
    if (callee.text == name) return true;
  }
  return false;
}

// The pickle machine: a stack with marks, and a memo. Every step either succeeds or sets the error.
class Machine {
 public:
  explicit Machine(std::string_view bytes) : bytes_(bytes) {}

  absl::StatusOr<Pickle> Run() {
    while (error_.empty() && !stopped_) Step();
    if (!error_.empty()) {
      return absl::DataLossError(absl::StrCat("broken pickle at byte ", position_, ": ", error_));
    }
    pickle_.size = position_;
    return std::move(pickle_);
  }

 private:
  void Fail(const std::string& error) {
    if (error_.empty()) error_ = error;
  }

  // --- input

  std::string_view Take(uint64_t count) {
    if (count > bytes_.size() - position_) {
      Fail("it ends too early");
      return {};
    }
    const std::string_view taken = bytes_.substr(position_, count);
    position_ += count;
    return taken;
  }

  // Little-endian, of 1 to 8 bytes.
  uint64_t TakeUnsigned(int width) {
    const std::string_view taken = Take(width);
    uint64_t value = 0;
    for (size_t i = 0; i < taken.size(); ++i)
      value |= uint64_t{static_cast<unsigned char>(taken[i])} << (8 * i);
    return value;
  }

  std::string TakeLine() {
    const size_t end = bytes_.find('\n', position_);
    if (end == std::string_view::npos) {
      Fail("a line has no end");
      return "";
    }
    std::string line(bytes_.substr(position_, end - position_));
    position_ = end + 1;
    return line;
  }

  // --- values

  PickleValue* New(Kind kind) {
    pickle_.values.push_back(std::make_unique<PickleValue>());
    pickle_.values.back()->kind = kind;
    return pickle_.values.back().get();
  }

  void PushInt(int64_t integer, Kind kind = Kind::kInt) {
    PickleValue* value = New(kind);
    value->integer = integer;
    stack_.push_back(value);
  }

  void PushFloat(double real) {
    PickleValue* value = New(Kind::kFloat);
    value->real = real;
    stack_.push_back(value);
  }

  void PushText(Kind kind, std::string_view text) {
    PickleValue* value = New(kind);
    value->text = std::string(text);
    stack_.push_back(value);
  }

  void PushItems(Kind kind, std::vector<const PickleValue*> items) {
    PickleValue* value = New(kind);
    value->items = std::move(items);
    stack_.push_back(value);
  }

  void PushLong(std::string_view bytes) {
    if (bytes.size() > 8) return PushText(Kind::kLong, bytes);
    uint64_t value = !bytes.empty() && (bytes.back() & 0x80) != 0 ? ~uint64_t{0} : 0;
    for (size_t i = 0; i < bytes.size(); ++i) {
      const int shift = static_cast<int>(8 * i);
      value = (value & ~(uint64_t{0xff} << shift)) | uint64_t{static_cast<unsigned char>(bytes[i])} << shift;
    }
    PushInt(static_cast<int64_t>(value));
  }

  // --- stack; nothing reaches below the last mark

  PickleValue* Pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) {
      Fail("the stack is empty");
      return New(Kind::kNone);
    }
    PickleValue* value = stack_.back();
    stack_.pop_back();
    return value;
  }

  PickleValue* Top() {
    PickleValue* value = Pop();
    stack_.push_back(value);
    return value;
  }

  std::vector<const PickleValue*> PopToMark() {
    if (marks_.empty()) {
      Fail("there is no mark");
      return {};
    }
    std::vector<const PickleValue*> items(stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back()),
                                          stack_.end());
    stack_.resize(marks_.back());
    marks_.pop_back();
    return items;
  }

  std::vector<const PickleValue*> PopMany(int count) {
    std::vector<const PickleValue*> items(count);
    for (int i = count - 1; i >= 0; --i) items[i] = Pop();
    return items;
  }

  // --- memo

  void Remember(uint64_t key) { memo_[key] = Top(); }

  void Recall(uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) return Fail(absl::StrCat("memo ", key, " is not set"));
    stack_.push_back(found->second);
  }

  uint64_t TakeIndexLine() {
    uint64_t index = 0;
    if (!absl::SimpleAtoi(TakeLine(), &index)) Fail("a memo index is not a number");
    return index;
  }

  // --- composite operations

  // Copies of memoised values could make a small pickle large.
  void Spend(size_t copied) {
    copied_ += copied;
    if (copied_ > kMaxCopies * bytes_.size()) Fail("it repeats itself too often");
  }

  // Objects of unknown classes (subclasses of list and dict) take items, too; these are dropped.
  void Append(const std::vector<const PickleValue*>& items) {
    PickleValue* target = Top();
    if (target->kind == Kind::kList)
      target->items.insert(target->items.end(), items.begin(), items.end());
    else if (target->kind != Kind::kCall)
      Fail("items are appended to a value that is not a list");
  }

  void SetItems(const std::vector<const PickleValue*>& items) {
    if (items.size() % 2 != 0) return Fail("a key has no value");
    PickleValue* target = Top();
    if (target->kind == Kind::kDict)
      target->items.insert(target->items.end(), items.begin(), items.end());
    else if (target->kind != Kind::kCall)
      Fail("items are set in a value that is not a dict");
  }

  void Call(const PickleValue* callee, const PickleValue* arguments) {
    if (arguments->kind != Kind::kTuple) return Fail("arguments are not a tuple");
    if (!IsDictType(*callee)) return PushItems(Kind::kCall, {callee, arguments});
    std::vector<const PickleValue*> items;
    for (const PickleValue* argument : arguments->items) {
      if (argument->kind != Kind::kList) continue;
      Spend(argument->items.size());
      if (!error_.empty()) return;
      for (const PickleValue* pair : argument->items) {
        const bool is_pair = pair->kind == Kind::kList || pair->kind == Kind::kTuple;
        if (!is_pair || pair->items.size() != 2) return Fail("a dict is made of values that are not pairs");
        items.insert(items.end(), pair->items.begin(), pair->items.end());
      }
    }
    PushItems(Kind::kDict, std::move(items));
  }

  void CallWithItems(const PickleValue* callee, std::vector<const PickleValue*> items) {
    PickleValue* arguments = New(Kind::kTuple);
    arguments->items = std::move(items);
    Call(callee, arguments);
  }

  const PickleValue* NewGlobal(const std::string& module, const std::string& name) {
    PickleValue* global = New(Kind::kGlobal);
    global->text = absl::StrCat(module, ".", name);
    return global;
  }

  void PushGlobal(const std::string& module, const std::string& name) {
    PushText(Kind::kGlobal, absl::StrCat(module, ".", name));
  }

  void Stop() {
    pickle_.root = Pop();
    stopped_ = true;
  }

  void Step() {
    const auto opcode = static_cast<Opcode>(TakeUnsigned(1));
    if (!error_.empty()) return;
    if (!StepScalar(opcode) && !StepContainer(opcode) && !StepObject(opcode)) {
      Fail(absl::StrCat("opcode ", static_cast<int>(opcode), " is unknown"));
    }
  }

  bool StepScalar(Opcode opcode) {
    switch (opcode) {
      case kNone:
        stack_.push_back(New(Kind::kNone));
        return true;
      case kNewTrue:
        PushInt(1, Kind::kBool);
        return true;
      case kNewFalse:
        PushInt(0, Kind::kBool);
        return true;
      case kBinInt:
        PushInt(static_cast<int32_t>(TakeUnsigned(4)));
        return true;
      case kBinInt1:
        PushInt(static_cast<int64_t>(TakeUnsigned(1)));
        return true;
      case kBinInt2:
        PushInt(static_cast<int64_t>(TakeUnsigned(2)));
        return true;
      case kLong1:
        PushLong(Take(TakeUnsigned(1)));
        return true;
      case kLong4:
        PushLong(Take(TakeUnsigned(4)));
        return true;
      case kIntText:
      case kLongText:
        IntText();
        return true;
      case kFloatText:
        FloatText();
        return true;
      case kBinFloat:
        BinFloat();
        return true;
      case kStringText:
        StringText();
        return true;
      case kUnicodeText:
        PushText(Kind::kString, TakeLine());
        return true;
      case kShortBinString:
      case kShortBinBytes:
      case kShortBinUnicode:
        PushText(Kind::kString, Take(TakeUnsigned(1)));
        return true;
      case kBinString:
      case kBinBytes:
      case kBinUnicode:
        PushText(Kind::kString, Take(TakeUnsigned(4)));
        return true;
      case kBinUnicode8:
      case kBinBytes8:
      case kByteArray8:
        PushText(Kind::kString, Take(TakeUnsigned(8)));
        return true;
      default:
        return false;
    }
  }

  void IntText() {
    std::string line = TakeLine();
    if (line == "00" || line == "01") return PushInt(line == "01", Kind::kBool);
    if (!line.empty() && line.back() == 'L') line.pop_back();
    int64_t value = 0;
    if (!absl::SimpleAtoi(line, &value)) return Fail("an integer is not a number of 64 bits");
    PushInt(value);
  }

  void FloatText() {
    double value = 0;
    if (!absl::SimpleAtod(TakeLine(), &value)) return Fail("a float is not a number");
    PushFloat(value);
  }

  void BinFloat() {
    uint64_t bits = 0;
    for (const char byte : Take(8)) bits = bits << 8 | static_cast<unsigned char>(byte);
    PushFloat(std::bit_cast<double>(bits));
  }

  void StringText() {
    const std::string line = TakeLine();
    if (line.size() < 2 || line.front() != line.back()) return Fail("a string has no quotes");
    PushText(Kind::kString, std::string_view(line).substr(1, line.size() - 2));
  }

  bool StepContainer(Opcode opcode) {
    switch (opcode) {
      case kMark:
        marks_.push_back(stack_.size());
        return true;
      case kPop:
        PopOrUnmark();
        return true;
      case kPopMark:
        PopToMark();
        return true;
      case kDup:
        stack_.push_back(Top());
        return true;
      case kEmptyList:
      case kEmptySet:
        PushItems(Kind::kList, {});
        return true;
      case kList:
      case kFrozenSet:
        PushItems(Kind::kList, PopToMark());
        return true;
      case kEmptyTuple:
        PushItems(Kind::kTuple, {});
        return true;
      case kTuple:
        PushItems(Kind::kTuple, PopToMark());
        return true;
      case kTuple1:
        PushItems(Kind::kTuple, PopMany(1));
        return true;
      case kTuple2:
        PushItems(Kind::kTuple, PopMany(2));
        return true;
      case kTuple3:
        PushItems(Kind::kTuple, PopMany(3));
        return true;
      case kEmptyDict:
        PushItems(Kind::kDict, {});
        return true;
      case kDict: {
        std::vector<const PickleValue*> items = PopToMark();
        PushItems(Kind::kDict, {});
        SetItems(items);
        return true;
      }
      case kAppend:
        Append(PopMany(1));
        return true;
      case kAppends:
      case kAddItems:
        Append(PopToMark());
        return true;
      case kSetItem:
        SetItems(PopMany(2));
        return true;
      case kSetItems:
        SetItems(PopToMark());
        return true;
      default:
        return false;
    }
  }

  void PopOrUnmark() {
    if (!marks_.empty() && marks_.back() == stack_.size())
      marks_.pop_back();
    else
      Pop();
  }

  bool StepObject(Opcode opcode) {
    switch (opcode) {
      case kProtocol:
        Protocol();
        return true;
      case kFrame:
        TakeUnsigned(8);
        return true;
      case kStop:
        Stop();
        return true;
      case kPutText:
        Remember(TakeIndexLine());
        return true;
      case kBinPut:
        Remember(TakeUnsigned(1));
        return true;
      case kLongBinPut:
        Remember(TakeUnsigned(4));
        return true;
      case kMemoize:
        Remember(memo_.size());
        return true;
      case kGetText:
        Recall(TakeIndexLine());
        return true;
      case kBinGet:
        Recall(TakeUnsigned(1));
        return true;
      case kLongBinGet:
        Recall(TakeUnsigned(4));
        return true;
      case kBinPersistent:
        PushItems(Kind::kPersistent, PopMany(1));
        return true;
      case kPersistentText:
        PushText(Kind::kString, TakeLine());
        PushItems(Kind::kPersistent, PopMany(1));
        return true;
      case kGlobal: {
        const std::string module = TakeLine();
        PushGlobal(module, TakeLine());
        return true;
      }
      case kStackGlobal: {
        const auto names = PopMany(2);
        Spend(names[0]->text.size() + names[1]->text.size());
        PushGlobal(names[0]->text, names[1]->text);
        return true;
      }
      case kReduce:
      case kNewObj: {
        const auto parts = PopMany(2);
        Call(parts[0], parts[1]);
        return true;
      }
      case kNewObjEx: {
        const auto parts = PopMany(3);
        Call(parts[0], parts[1]);
        return true;
      }
      case kInst: {
        const std::string module = TakeLine();
        const PickleValue* callee = NewGlobal(module, TakeLine());
        CallWithItems(callee, PopToMark());
        return true;
      }
      case kObj: {
        std::vector<const PickleValue*> items = PopToMark();
        if (items.empty()) {
          Fail("an object has no class");
          return true;
        }
        const PickleValue* callee = items.front();
        items.erase(items.begin());
        CallWithItems(callee, std::move(items));
        return true;
      }
      case kBuild:
        Pop();
        Top();
        return true;  // an object's state: nothing here needs it
      default:
        return false;
    }
  }

  void Protocol() {
    const uint64_t protocol = TakeUnsigned(1);
    if (protocol > 5) Fail(absl::StrCat("protocol ", protocol, " is unknown"));
  }

  std::string_view bytes_;
  size_t position_ = 0;
  bool stopped_ = false;
  std::string error_;
  size_t copied_ = 0;
  Pickle pickle_;
  std::vector<PickleValue*> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint64_t, PickleValue*> memo_;
};

}  // namespace

const PickleValue* PickleValue::Find(std::string_view key) const {
  if (kind != Kind::kDict) return nullptr;
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i]->kind == Kind::kString && items[i]->text == key) return items[i + 1];
  }
  return nullptr;
}

bool PickleValue::IsCallOf(std::string_view name) const {
  return kind == Kind::kCall && items.front()->kind == Kind::kGlobal && items.front()->text == name;
}

absl::StatusOr<Pickle> ReadPickle(std::string_view bytes) { return Machine(bytes).Run(); }

}  // namespace trackfit::torch_files
