// Reads an untrusted flatbuffer: every table, vector and number is bounds-checked before it is accessed.
// After the first bad access failed() is true, and every further read returns a default or an empty value.
#ifndef TRACKFIT_TFLITE_FLATBUFFER_CURSOR_H_
#define TRACKFIT_TFLITE_FLATBUFFER_CURSOR_H_

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace trackfit::tflite {

// Not thread-safe. The bytes must outlive this object.
class FlatbufferCursor {
 public:
  using Table = flatbuffers::Table;

  explicit FlatbufferCursor(absl::Span<const uint8_t> bytes)
      : bytes_(bytes), verifier_(bytes.data(), bytes.size()) {}

  bool failed() const { return failed_; }

  // The root table of a buffer with this four-letter identifier; nullptr when the buffer has another.
  const Table* Root(const char* identifier) {
    constexpr size_t kHeader = sizeof(flatbuffers::uoffset_t) + flatbuffers::kFileIdentifierLength;
    if (bytes_.size() <= kHeader || !flatbuffers::BufferHasIdentifier(bytes_.data(), identifier))
      return Fail();
    const flatbuffers::uoffset_t offset = verifier_.VerifyOffset(0);
    return offset == 0 ? Fail() : Checked(reinterpret_cast<const Table*>(bytes_.data() + offset));
  }

  // The number in a table's field; fields are numbered as in the schema.
  template <typename T>
  T Number(const Table* table, int field, T default_value = 0) {
    if (failed_ || table == nullptr) return default_value;
    if (!table->VerifyField<T>(verifier_, Slot(field), sizeof(T))) {
      Fail();
      return default_value;
    }
    return table->GetField<T>(Slot(field), default_value);
  }

  // The table that a field refers to; nullptr when the field is absent.
  const Table* Child(const Table* table, int field) {
    const auto* child = Pointer<Table>(table, field);
    return child == nullptr ? nullptr : Checked(child);
  }

  // A vector of numbers, empty when absent. Valid as long as the bytes.
  template <typename T>
  absl::Span<const T> Numbers(const Table* table, int field) {
    const auto* vector = Pointer<flatbuffers::Vector<T>>(table, field);
    if (vector == nullptr) return {};
    const auto* data = reinterpret_cast<const T*>(vector->Data());
    if (!verifier_.VerifyVector(vector) || reinterpret_cast<uintptr_t>(data) % alignof(T) != 0) {
      Fail();
      return {};
    }
    return absl::MakeConstSpan(data, vector->size());
  }

  std::vector<const Table*> Children(const Table* table, int field) {
    const auto* vector = Pointer<flatbuffers::Vector<flatbuffers::Offset<Table>>>(table, field);
    if (vector == nullptr) return {};
    if (!verifier_.VerifyVector(vector)) {
      Fail();
      return {};
    }
    std::vector<const Table*> children;
    for (flatbuffers::uoffset_t i = 0; i < vector->size() && !failed_; ++i) {
      const uint8_t* slot = vector->Data() + i * sizeof(flatbuffers::uoffset_t);
      const flatbuffers::uoffset_t offset = verifier_.VerifyOffset(static_cast<size_t>(slot - bytes_.data()));
      children.push_back(offset == 0 ? Fail() : Checked(reinterpret_cast<const Table*>(slot + offset)));
    }
    return children;
  }

 private:
  static flatbuffers::voffset_t Slot(int field) { return static_cast<flatbuffers::voffset_t>(4 + 2 * field); }

  const Table* Fail() {
    failed_ = true;
    return nullptr;
  }

  const Table* Checked(const Table* table) {
    if (failed_ || !table->VerifyTableStart(verifier_)) return Fail();
    verifier_.EndTable();  // the callers follow the schema, which bounds the nesting
    return table;
  }

  template <typename T>
  const T* Pointer(const Table* table, int field) {
    if (failed_ || table == nullptr) return nullptr;
    if (!table->VerifyOffset(verifier_, Slot(field))) {
      Fail();
      return nullptr;
    }
    const T* pointer = table->GetPointer<const T*>(Slot(field));
    if (reinterpret_cast<uintptr_t>(pointer) % alignof(T) == 0) return pointer;
    Fail();
    return nullptr;
  }

  absl::Span<const uint8_t> bytes_;
  flatbuffers::Verifier verifier_;
  bool failed_ = false;
};

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_FLATBUFFER_CURSOR_H_
