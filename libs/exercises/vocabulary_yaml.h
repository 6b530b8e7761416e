// Internal: the text of vocabulary.yaml.
#ifndef TRACKFIT_EXERCISES_VOCABULARY_YAML_H_
#define TRACKFIT_EXERCISES_VOCABULARY_YAML_H_

namespace trackfit::exercises {

extern const char* const kVocabularyYaml;

}  // namespace trackfit::exercises

#endif  // TRACKFIT_EXERCISES_VOCABULARY_YAML_H_
