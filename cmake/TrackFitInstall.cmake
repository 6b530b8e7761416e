# What `cmake --install` installs besides the executables: models, exercises, the contract and its C++ libraries as the CMake package
# TrackFit, documentation. All places are relative, so that the folder may be chosen at installation (--prefix) and moved.

include(CMakePackageConfigHelpers)

set(data ${CMAKE_INSTALL_DATADIR}/trackfit)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/TrackFit)

# The components are Debian packages (TrackFitPackages.cmake), which have the licence elsewhere.
install(DIRECTORY deploy/models/protogcn DESTINATION ${data}/models COMPONENT trackfit-data)
file(REAL_PATH deploy/models/blazepose blazepose)  # where the folder is a link, the files are wanted
install(DIRECTORY ${blazepose}/ DESTINATION ${data}/models/blazepose COMPONENT trackfit-data OPTIONAL
  FILES_MATCHING PATTERN "pose_*.tflite")
install(CODE "if(NOT EXISTS \"${blazepose}/pose_detection.tflite\")
  message(WARNING \"Installed without the BlazePose weights, which the extractor needs: run tools/setup --models-only, then install again\")
endif()" COMPONENT trackfit-data)
install(DIRECTORY deploy/exercises deploy/training DESTINATION ${data} COMPONENT trackfit-data)
install(DIRECTORY proto/trackfit DESTINATION ${data}/proto COMPONENT libtrackfit-dev)
install(FILES LICENSE TYPE DOC COMPONENT license)
install(FILES README.md CHANGELOG.md SECURITY.md TYPE DOC COMPONENT trackfit-common)
install(DIRECTORY docs/ TYPE DOC COMPONENT trackfit-common)

install(TARGETS trackfit_proto trackfit_proto_grpc EXPORT TrackFitTargets ARCHIVE COMPONENT libtrackfit-dev)
install(DIRECTORY ${PROJECT_BINARY_DIR}/proto/generated/trackfit TYPE INCLUDE COMPONENT libtrackfit-dev
  FILES_MATCHING PATTERN "*.h")
install(EXPORT TrackFitTargets NAMESPACE trackfit:: DESTINATION ${package} COMPONENT libtrackfit-dev)
configure_package_config_file(cmake/TrackFitConfig.cmake.in ${PROJECT_BINARY_DIR}/TrackFitConfig.cmake
  INSTALL_DESTINATION ${package} PATH_VARS data)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/TrackFitConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/TrackFitConfig.cmake ${PROJECT_BINARY_DIR}/TrackFitConfigVersion.cmake
  DESTINATION ${package} COMPONENT libtrackfit-dev)
