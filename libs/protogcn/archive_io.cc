#include "protogcn/archive_io.h"

#include <caffe2/serialize/inline_container.h>
#include <torch/script.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "files/partial_file.h"

namespace trackfit::protogcn {
namespace {

constexpr char kMetadataFile[] = "metadata.json";
constexpr char kMetadataRecord[] = "extra/metadata.json";
constexpr char kChecksumFile[] = "checksum";
constexpr char kChecksumRecord[] = "extra/checksum";
constexpr char kSerializationRecord[] =
    ".data/serialization_id";  // LibTorch 2.x: its own hash over all others

absl::Status WithPath(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

absl::Status Broken(const std::string& path, const std::exception& failure) {
  const auto* torch_failure = dynamic_cast<const c10::Error*>(&failure);
  return absl::DataLossError(absl::StrCat(
      path,
      " is not a model, or not a complete one; name a model.pt that `trackfit train` or `trackfit "
      "model import` wrote: ",
      torch_failure != nullptr ? torch_failure->what_without_backtrace() : failure.what()));
}

// LibTorch does not verify what it reads, so archives carry a checksum over the names and contents of all
// other records. FNV-1a, 64 bits: it detects accidents, not forgeries.
std::string Checksum(caffe2::serialize::PyTorchStreamReader& reader) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](const char* bytes, size_t count) {
    for (size_t i = 0; i < count; ++i) hash = (hash ^ static_cast<unsigned char>(bytes[i])) * 0x100000001b3;
  };
  std::vector<std::string> records = reader.getAllRecords();
  std::sort(records.begin(), records.end());
  for (const std::string& record : records) {
    if (record == kChecksumRecord || record == kSerializationRecord) continue;
    const auto [data, size] = reader.getRecord(record);
    add(record.c_str(), record.size() + 1);
    add(static_cast<const char*>(data.get()), size);
  }
  return absl::StrCat(absl::Hex(hash, absl::kZeroPad16));
}

std::string TextOf(caffe2::serialize::PyTorchStreamReader& reader, const std::string& record) {
  const auto [data, size] = reader.getRecord(record);
  return {static_cast<const char*>(data.get()), size};
}

// The archive's bytes: saved once for the checksum, then again with it. In memory, because LibTorch aborts
// when the disk is full.
std::string ArchiveBytes(const torch::jit::Module& module, const ModelMetadata& metadata) {
  torch::jit::ExtraFilesMap files = {{kMetadataFile, MetadataToJson(metadata)}};
  std::stringstream draft;
  module.save(draft, files);
  caffe2::serialize::PyTorchStreamReader reader(&draft);
  files[kChecksumFile] = Checksum(reader);
  std::ostringstream final_archive;
  module.save(final_archive, files);
  return std::move(final_archive).str();
}

absl::Status CheckExists(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error)) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(path, ": there is no such file"));
}

}  // namespace

absl::Status SaveArchive(const std::string& path, const Network& network, const ModelMetadata& metadata) {
  if (absl::Status status = metadata.Validate(); !status.ok()) return WithPath(path, status);
  try {
    torch::jit::Module copy = network.module().deepcopy();
    copy.to(torch::kCPU);
    copy.eval();
    return files::ReplaceFile(path, ArchiveBytes(copy, metadata));
  } catch (const std::exception& failure) {
    return absl::InternalError(absl::StrCat(path, ": cannot be written: ", failure.what()));
  }
}

absl::StatusOr<Archive> LoadArchive(const std::string& path) {
  auto metadata = ReadMetadata(path);
  if (!metadata.ok()) return metadata.status();
  try {
    Archive archive{Network(torch::jit::load(path, torch::kCPU)), *std::move(metadata)};
    archive.network.module().eval();
    return archive;
  } catch (const std::exception& failure) {
    return Broken(path, failure);
  }
}

absl::StatusOr<ModelMetadata> ReadMetadata(const std::string& path) {
  if (absl::Status status = CheckExists(path); !status.ok()) return status;
  std::string json;
  try {
    caffe2::serialize::PyTorchStreamReader reader(path);
    for (const char* record : {kMetadataRecord, kChecksumRecord}) {
      if (!reader.hasRecord(record))
        return absl::DataLossError(absl::StrCat(path, ": it does not hold ", record));
    }
    if (TextOf(reader, kChecksumRecord) != Checksum(reader)) {
      return absl::DataLossError(absl::StrCat(path, ": it is damaged: its checksum does not match"));
    }
    json = TextOf(reader, kMetadataRecord);
  } catch (const std::exception& failure) {
    return Broken(path, failure);
  }
  auto metadata = MetadataFromJson(json);
  if (!metadata.ok()) return WithPath(path, metadata.status());
  return metadata;
}

}  // namespace trackfit::protogcn
