# Links gRPC, Abseil and RE2 into the programs as archives, where they are: else each program loads 46 shared libraries more, and takes
# twice as long to start. Protobuf stays shared, because LibTorch and GDAL load it, and messages are registered in one copy. Nothing else
# that we link loads one of the three; a test counts (Libraries.AreFewAndEachThereOnce).
#
# Debian has both forms of each library, built alike, and the CMake targets of its packages name the shared one. It is all of the three or
# none, for they use each other. What we install names targets, not files: others link what they like.

function(trackfit_link_archives)
  get_property(imported DIRECTORY PROPERTY IMPORTED_TARGETS)
  list(FILTER imported INCLUDE REGEX "^(absl|gRPC)::")
  set(targets)
  set(archives)
  foreach(target ${imported})
    get_target_property(type ${target} TYPE)
    if(type STREQUAL SHARED_LIBRARY)
      get_target_property(shared ${target} LOCATION)
      string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive ${shared})
      list(APPEND targets ${target})
      list(APPEND archives ${archive})
    endif()
  endforeach()
  find_library(TRACKFIT_RE2_ARCHIVE libre2.a)
  mark_as_advanced(TRACKFIT_RE2_ARCHIVE)
  foreach(archive ${archives} ${TRACKFIT_RE2_ARCHIVE})
    if(NOT EXISTS ${archive})
      message(STATUS "There is no ${archive}: gRPC, Abseil and RE2 are linked as shared libraries")
      return()
    endif()
  endforeach()
  foreach(target archive IN ZIP_LISTS targets archives)
    get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
    foreach(configuration ${configurations})
      set_property(TARGET ${target} PROPERTY IMPORTED_LOCATION_${configuration} ${archive})
    endforeach()
  endforeach()
  set_property(TARGET re2::re2 PROPERTY INTERFACE_LINK_LIBRARIES ${TRACKFIT_RE2_ARCHIVE})
endfunction()

if(NOT TRACKFIT_SANITIZE)  # the thread sanitizer is to overlook what it did not instrument, which it does by shared library
  trackfit_link_archives()
endif()
