// Small files of pickle, torch.save and NumPy, for the fuzzers to start from.
#ifndef TRACKFIT_TESTS_FUZZ_TENSOR_SEEDS_H_
#define TRACKFIT_TESTS_FUZZ_TENSOR_SEEDS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/image_files.h"

namespace trackfit::testing {

// Values as Python pickles them, protocol 2 where it matters.
inline std::map<std::string, std::string> PickleSeeds() {
  using namespace std::string_literals;
  return {
      {"mixed",
       "\x80\x02}q\x00(X\x01\x00\x00\x00"
       "aq\x01]q\x02(K\x01J\xfe\xff\xff\xffG\x40\x04\x00\x00\x00\x00\x00\x00N\x88"
       "eX\x01\x00\x00\x00"
       "bq\x03X\x01\x00\x00\x00xU\x01y\x86u."s},
      {"ordered_dict",
       "ccollections\nOrderedDict\n](U\x01kK\x07\x86"
       "e\x85R."s},
      {"numpy_scalar",
       "cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nU\x02"
       "f8K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
       "U\x08\x00\x00\x00\x00\x00\x00\xf0\x3f\x86R."s},
      {"integers",
       "(\x8a\x02\x00\x01L12345L\nI01\nF2.5\nM\x01\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19t."s},
      {"cyclic",
       "]q\x00h\x00"
       "a."s},
      {"protocol_4",
       "\x80\x04\x95\x20\x00\x00\x00\x00\x00\x00\x00\x8c\x08"
       "builtins\x8c\x03set\x93\x94]\x94(\x8c\x01"
       "a\x94K\x01"
       "e\x85\x94R\x94\x8f\x94(K\x02\x90(K\x03\x91\x87."s},
      {"text", "(dp0\nS'a'\np1\n(lp2\nVb\np3\nag2\nas."s},
      {"objects", "(imodule\nName\ncmodule\nName\n)\x81(cmodule\nName\nNocmodule\nName\n)}\x92Q2\x87P7\n0."s},
  };
}

// An archive without compression, as torch.save writes it.
inline std::string StoredZip(const std::vector<std::pair<std::string, std::string>>& records) {
  const auto number = [](size_t value, int bytes) {
    return LittleEndian(static_cast<uint32_t>(value), bytes);
  };
  std::string file, directory;
  for (const auto& [name, content] : records) {
    const std::string described = std::string(12, '\0') + number(content.size(), 4) +
                                  number(content.size(), 4) + number(name.size(), 2);
    directory += "PK\x01\x02" + number(0, 2) + number(0, 2) + described + number(0, 2) + number(0, 2) +
                 number(0, 4) + number(0, 4) + number(file.size(), 4) + name;
    file += "PK\x03\x04" + number(0, 2) + described + number(0, 2) + name + content;
  }
  const size_t start = file.size();
  return file + directory + "PK\x05\x06" + number(0, 4) + number(records.size(), 2) +
         number(records.size(), 2) + number(directory.size(), 4) + number(start, 4) + number(0, 2);
}

// What torch.save pickles of {"w": a tensor of 2 x 2 floats}, and the same for another type of elements.
inline std::string PickledTensor(const std::string& storage_type) {
  using namespace std::string_literals;
  const auto text = [](const std::string& s) {
    return "X" + LittleEndian(static_cast<uint32_t>(s.size())) + s;
  };
  return "\x80\x02}q\x00"s + text("w") + "q\x01"s + "ctorch._utils\n_rebuild_tensor_v2\nq\x02((" +
         text("storage") + "ctorch\n" + storage_type + "\n" + text("0") + text("cpu") + "K\x04tQK\x00"s +
         "K\x02K\x02\x86" + "K\x02K\x01\x86\x89" + "ccollections\nOrderedDict\n)RtRs.";
}

inline std::map<std::string, std::string> TorchFileSeeds() {
  std::map<std::string, std::string> seeds;
  for (const char* type : {"FloatStorage", "LongStorage", "BoolStorage", "HalfStorage"}) {
    seeds[type] = StoredZip({{"a/data.pkl", PickledTensor(type)},
                             {"a/byteorder", "little"},
                             {"a/data/0", std::string(32, '\x01')},
                             {"a/version", "3\n"}});
  }
  return seeds;
}

inline std::map<std::string, std::string> NpySeeds() {
  const auto array = [](char version, const std::string& shape, size_t floats) {
    const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }\n";
    return "\x93NUMPY" + std::string{version, '\0'} +
           LittleEndian(static_cast<uint32_t>(header.size()), version == 1 ? 2 : 4) + header +
           std::string(4 * floats, '\x01');
  };
  return {{"matrix", array(1, "2, 3", 6)},
          {"vector", array(2, "4,", 4)},
          {"empty", array(3, "0, 7", 0)},
          {"scalar", array(1, "", 1)}};
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_FUZZ_TENSOR_SEEDS_H_
