# Build conventions of the project, in one place: how a library, a binary and a test are declared.

include(CTest)
include(GNUInstallDirs)
include(GoogleTest)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

set(TRACKFIT_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")
# Null pointers crash without being looked for, alignment matters little here, and tests and generated code are not what is looked at.
option(TRACKFIT_SANITIZE_LESS "Leave out what takes half of the time to compile and finds least" OFF)
option(TRACKFIT_FUZZ "Build the fuzz targets, which takes clang, and none of the tests" OFF)
option(TRACKFIT_COVERAGE "Count which lines are run, for tools/coverage" OFF)
set(TRACKFIT_UNIT_TESTS "" CACHE STRING "Folders of tests/unit to build, with the libraries that they and the servers need; all if empty")
option(TRACKFIT_WERROR "Take warnings for errors, as the presets that we develop with do" OFF)

add_library(trackfit_options INTERFACE)
target_compile_options(trackfit_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  $<$<BOOL:${TRACKFIT_WERROR}>:-Werror>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)  # g++ 12 sees overlaps in std::string that are not there (GCC bug 105329)
if(TRACKFIT_SANITIZE)
  add_compile_options(-fsanitize=${TRACKFIT_SANITIZE} -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options(-Wno-maybe-uninitialized)  # sees what is not there in instrumented code, as GCC's manual says
  endif()
  if(TRACKFIT_SANITIZE_LESS)
    add_compile_options(-fno-sanitize=null,alignment)
  endif()
  add_link_options(-fsanitize=${TRACKFIT_SANITIZE})
endif()
if(TRACKFIT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(TRACKFIT_COVERAGE)
  # Servers count on many threads; under a sanitizer atomic counts cost minutes, and a lost one matters little.
  if(TRACKFIT_SANITIZE)
    add_compile_options(--coverage -fprofile-update=single)
  else()
    add_compile_options(--coverage -fprofile-update=atomic)
  endif()
  add_link_options(--coverage)
endif()

# trackfit_library(<name> SOURCES <files> [DEPS <public>] [PRIVATE_DEPS <private>]) makes trackfit::<name> of a folder in libs/ of
# that name. Its headers are included as "<name>/<header>.h", through an include root that holds this folder only: whoever does
# not name the library among its dependencies cannot include it.
function(trackfit_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(trackfit_${name} STATIC ${ARG_SOURCES})
  add_library(trackfit::${name} ALIAS trackfit_${name})
  target_link_libraries(trackfit_${name} PUBLIC ${ARG_DEPS} PRIVATE trackfit_options ${ARG_PRIVATE_DEPS})
  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR PARENT_PATH parent)
  if(parent STREQUAL ${PROJECT_SOURCE_DIR}/libs)
    set(root ${PROJECT_BINARY_DIR}/include/${name})
    file(MAKE_DIRECTORY ${root})
    file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${name} SYMBOLIC)
    target_include_directories(trackfit_${name} PUBLIC ${root})
    set_property(GLOBAL APPEND PROPERTY TRACKFIT_LIBRARIES trackfit::${name})
  else()
    target_include_directories(trackfit_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
endfunction()

# trackfit_binary(<name> SOURCES <files> DEPS <libraries> [COMPONENT <component>]) makes bin/<name>, which is installed as a component of
# its own name unless another is given.
function(trackfit_binary name)
  cmake_parse_arguments(ARG "" "COMPONENT" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_COMPONENT)
    set(ARG_COMPONENT ${name})
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE trackfit_options ${ARG_DEPS})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${ARG_COMPONENT})
endfunction()

# trackfit_test(<name> SOURCES <files> DEPS <libraries> [LABELS <labels>] [TIMEOUT <seconds>] [ENVIRONMENT <NAME=VALUE>])
# makes one GoogleTest executable whose tests ctest sees one by one. The working directory is the source tree.
function(trackfit_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS;ENVIRONMENT" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(TRACKFIT_SANITIZE)  # five to ten times as slow
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 4")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE trackfit_options ${ARG_DEPS} trackfit_test_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  if(TRACKFIT_SANITIZE_LESS)
    target_compile_options(${name} PRIVATE -fno-sanitize=undefined)
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  set(properties TIMEOUT ${ARG_TIMEOUT})
  foreach(property LABELS ENVIRONMENT)
    if(ARG_${property})
      list(APPEND properties ${property} "${ARG_${property}}")
    endif()
  endforeach()
  gtest_discover_tests(${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} DISCOVERY_TIMEOUT 60 DISCOVERY_MODE PRE_TEST
    PROPERTIES ${properties})
endfunction()
