# Debian packages, which tools/package builds by CPack: what is installed anyway, a package for each component, and what only packages
# have: units for systemd, settings in /etc, manual pages and completion made of the programs' --help.

set(TRACKFIT_PACKAGE_VERSION "" CACHE STRING "Version of the packages; the project's if empty")
set(TRACKFIT_MAINTAINER "" CACHE STRING "NAME <ADDRESS> of who answers for the packages; without an address if empty")
set(version ${TRACKFIT_PACKAGE_VERSION})
if(NOT version)
  set(version ${PROJECT_VERSION})
endif()
set(version ${version}-1)
set(maintainer ${TRACKFIT_MAINTAINER})
if(NOT maintainer)
  set(maintainer "TrackFit contributors")
endif()
set(signature ${maintainer})
set(overrides_of_all "# Not of Debian's archive, which has a bug for each new package.\ninitial-upload-closes-no-bugs\n")
if(NOT maintainer MATCHES "<.*>")
  string(APPEND signature " <>")
  string(APPEND overrides_of_all "# Who packs may know an address: tools/package --maintainer.\n"
    "malformed-contact Maintainer *\nbogus-mail-host-in-debian-changelog *\n")
endif()
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)  # $SOURCE_DATE_EPOCH, if that is set
set(made ${PROJECT_BINARY_DIR}/packages)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME trackfit)
set(CPACK_PACKAGE_VENDOR "TrackFit contributors")
set(CPACK_PACKAGE_DIRECTORY ${made})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)  # /etc and /lib are not below /usr
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_VERSION ${version})
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${maintainer})
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENTS_ALL)

# What all say of the whole.
set(about "TrackFit watches a person exercise by a camera: it finds the skeleton,\nrecognises the exercise, counts its repetitions, and says how well they are\ndone and what to change.")
set(same "(= ${version})")

# trackfit_package(<component> SUMMARY <line> DESCRIPTION <text> SECTION <section> [ALL] [DEPENDS <list>] [SUGGESTS <list>]
# [UNIT <unit>] [SERVER <server>]) makes a package of what has the component. One with a unit enables, starts and stops it; a server's
# has the unit and the settings, too.
macro(trackfit_package component)
  cmake_parse_arguments(ARG "ALL" "SUMMARY;DESCRIPTION;SECTION;DEPENDS;SUGGESTS;UNIT;SERVER" "" ${ARGN})
  string(TOUPPER ${component} upper)
  list(APPEND CPACK_COMPONENTS_ALL ${component})
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${component})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${ARG_SECTION})
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "${ARG_DEPENDS}")
  set(CPACK_DEBIAN_${upper}_PACKAGE_SUGGESTS "${ARG_SUGGESTS}")
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "recognises exercises on video - ${ARG_SUMMARY}\n${about}\n.\n${ARG_DESCRIPTION}")
  if(ARG_ALL)
    set(CPACK_DEBIAN_${upper}_PACKAGE_ARCHITECTURE all)
    set(CPACK_DEBIAN_${upper}_PACKAGE_SHLIBDEPS OFF)
  endif()

  set(control)
  set(of_component DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${component} COMPONENT ${component} EXCLUDE_FROM_ALL)
  set(package ${component})
  configure_file(deploy/debian/changelog.in ${made}/${component}/changelog.Debian @ONLY)
  execute_process(COMMAND gzip -9nf ${made}/${component}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
  install(FILES deploy/debian/copyright ${made}/${component}/changelog.Debian.gz ${of_component})
  set(overrides "${overrides_of_all}")
  if(ARG_UNIT)
    set(unit ${ARG_UNIT})
    foreach(script postinst prerm postrm)
      configure_file(deploy/debian/${script}.in ${made}/${component}/${script} @ONLY
        FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
      list(APPEND control ${made}/${component}/${script})
    endforeach()
    install(FILES ${made}/units/${unit} DESTINATION /lib/systemd/system COMPONENT ${component} EXCLUDE_FROM_ALL)
  endif()
  if(ARG_SERVER)
    file(WRITE ${made}/${component}/conffiles "/etc/trackfit/${ARG_SERVER}.conf\n")
    list(APPEND control ${made}/${component}/conffiles)
    install(FILES ${made}/pages/conf/${ARG_SERVER}.conf DESTINATION /etc/trackfit COMPONENT ${component} EXCLUDE_FROM_ALL)
    string(APPEND overrides "# Which multi-user.target wants, and which starts and stops all servers.\n"
      "systemd-service-file-refers-to-unusual-wantedby-target trackfit.target *\n")
  endif()
  file(WRITE ${made}/${component}/lintian-overrides "${overrides}")
  install(FILES ${made}/${component}/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME ${component}
    COMPONENT ${component} EXCLUDE_FROM_ALL)
  set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA "${control}")
endmacro()

trackfit_package(trackfit-common SECTION net UNIT trackfit.target
  SUMMARY "what its servers share"
  DESCRIPTION "This package has the target that starts and stops the servers, the probe\nthat asks them for their health, and the documentation.")
trackfit_package(trackfit-data ALL SECTION net
  SUMMARY "models and exercises"
  DESCRIPTION "This package has Google's BlazePose networks, the network that recognises\nexercises, and what is known of each exercise.")
trackfit_package(trackfit-extractor SECTION net UNIT trackfit-extractor.service SERVER extractor
  DEPENDS "trackfit-common ${same}, trackfit-data ${same}"
  SUMMARY "finds skeletons"
  DESCRIPTION "This package has the extractor, the server that finds skeletons in the\npictures that the gateway sends it.")
trackfit_package(trackfit-inferencer SECTION net UNIT trackfit-inferencer.service SERVER inferencer
  DEPENDS "trackfit-common ${same}, trackfit-data ${same}, libopenblas0-openmp, procps"  # LibTorch takes any BLAS, and the reference is slow; /bin/kill reloads
  SUMMARY "judges skeletons"
  DESCRIPTION "This package has the inferencer, the server that recognises and judges the\nskeletons that the gateway sends it.")
trackfit_package(trackfit-gateway SECTION net UNIT trackfit-gateway.service SERVER gateway
  DEPENDS "trackfit-common ${same}" SUGGESTS "trackfit-extractor, trackfit-inferencer, trackfit-upload-worker"
  SUMMARY "what clients talk to"
  DESCRIPTION "This package has the gateway, which needs an extractor and an inferencer,\nhere or elsewhere, and the page that people train with in a browser.")
trackfit_package(trackfit-upload-worker SECTION net
  SUMMARY "decodes posted videos"
  DESCRIPTION "This package has the program that the gateway runs for each video that is\nposted to it. Without it the gateway takes frames and skeletons only.")
trackfit_package(trackfit SECTION video DEPENDS "trackfit-data ${same}, libopenblas0-openmp" SUGGESTS "trackfit-gateway, fonts-noto-cjk"
  SUMMARY "command line"
  DESCRIPTION "This package has the command line: it analyses videos and cameras by a\ngateway, draws and reports results, and trains and evaluates models.")
trackfit_package(libtrackfit-dev SECTION libdevel
  DEPENDS "libgrpc++-dev, libprotobuf-dev, protobuf-compiler-grpc"
  SUMMARY "for clients"
  DESCRIPTION "This package has the gateway's contract, as protobuf's files for any\nlanguage, and compiled as a CMake package for C++.")

# trackfit_unit(<server> PURPOSE <text> MEMORY <limit> ENVIRONMENT <words> [AFTER <units>] [MORE <lines>] [SYSTEM_CALLS <names>]
# [RELOADS] [TORCH]) makes a server's unit. LibTorch does not start without /proc/cpuinfo, and oneDNN below it compiles convolutions for
# the CPU that it finds; the others see nothing in /proc but themselves, and make nothing of theirs executable.
function(trackfit_unit server)
  cmake_parse_arguments(ARG "RELOADS;TORCH" "PURPOSE;MEMORY" "AFTER;ENVIRONMENT;MORE;SYSTEM_CALLS" ${ARGN})
  set(purpose "${ARG_PURPOSE}")
  set(memory ${ARG_MEMORY})
  list(JOIN ARG_ENVIRONMENT " " environment)
  list(TRANSFORM ARG_AFTER PREPEND " ")
  list(JOIN ARG_AFTER "" after)
  list(TRANSFORM ARG_MORE PREPEND "\n")
  list(JOIN ARG_MORE "" limits)
  list(TRANSFORM ARG_SYSTEM_CALLS PREPEND "SystemCallFilter=")
  list(JOIN ARG_SYSTEM_CALLS "\n" system_calls)
  set(proc pid)
  set(no_compiler yes)
  if(ARG_TORCH)
    set(proc all)
    set(no_compiler no)
  endif()
  set(reload)
  if(ARG_RELOADS)
    set(reload "\nExecReload=/bin/kill -HUP $MAINPID")
  endif()
  configure_file(deploy/systemd/server.service.in ${made}/units/trackfit-${server}.service @ONLY)
endfunction()

configure_file(deploy/systemd/trackfit.target ${made}/units/trackfit.target COPYONLY)
trackfit_unit(extractor PURPOSE "frames in, skeletons out" MEMORY 2G
  ENVIRONMENT TRACKFIT_LISTEN=127.0.0.1:8001 TRACKFIT_METRICS_LISTEN=127.0.0.1:9101)
# Waiting OpenMP threads sleep, so that a busy machine does not slow down fivefold; large blocks stay with the process. The thread that
# tries new models lowers its own priority.
trackfit_unit(inferencer PURPOSE "skeletons in, assessments out" MEMORY 3G RELOADS TORCH SYSTEM_CALLS setpriority
  ENVIRONMENT TRACKFIT_LISTEN=127.0.0.1:8002 TRACKFIT_METRICS_LISTEN=127.0.0.1:9102
    OMP_WAIT_POLICY=PASSIVE MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=33554432 MALLOC_TOP_PAD_=33554432)
# What decodes a posted video is a process of the gateway's that memory may fail without the gateway.
trackfit_unit(gateway PURPOSE "what clients talk to" MEMORY 3G AFTER trackfit-extractor.service trackfit-inferencer.service
  MORE OOMPolicy=continue
    "\n# Where it leaves its sessions for the gateway that comes next." RuntimeDirectory=trackfit-gateway RuntimeDirectoryMode=0700
    RuntimeDirectoryPreserve=yes
  ENVIRONMENT TRACKFIT_METRICS_LISTEN=127.0.0.1:9100 TRACKFIT_HANDOVER=/run/trackfit-gateway)

set(programs trackfit trackfit-extractor trackfit-inferencer trackfit-gateway trackfit-health trackfit-upload-worker)
add_custom_command(OUTPUT ${made}/pages/made
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${made}/pages
  COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tools/lib/help_pages.py ${CMAKE_RUNTIME_OUTPUT_DIRECTORY} ${made}/units
    ${PROJECT_VERSION} ${made}/pages
  COMMAND find ${made}/pages/man1 ${made}/pages/man8 -type f -exec gzip -9n {} +
  COMMAND ${CMAKE_COMMAND} -E touch ${made}/pages/made
  DEPENDS ${programs} ${PROJECT_SOURCE_DIR}/tools/lib/help_pages.py ${made}/units/trackfit-extractor.service
    ${made}/units/trackfit-inferencer.service ${made}/units/trackfit-gateway.service
  COMMENT "Making manual pages, settings and completion of the programs' help"
  VERBATIM)
add_custom_target(package_files DEPENDS ${programs} ${made}/pages/made)

# trackfit_pages(<component> <folder of the manual> <pattern>)
function(trackfit_pages component section pattern)
  install(DIRECTORY ${made}/pages/${section}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/${section} COMPONENT ${component} EXCLUDE_FROM_ALL
    FILES_MATCHING REGEX ${pattern})
endfunction()
trackfit_pages(trackfit-extractor man8 "/trackfit-extractor\\.8\\.gz$")
trackfit_pages(trackfit-inferencer man8 "/trackfit-inferencer\\.8\\.gz$")
trackfit_pages(trackfit-gateway man8 "/trackfit-gateway\\.8\\.gz$")
trackfit_pages(trackfit-common man1 "/trackfit-health\\.1\\.gz$")
trackfit_pages(trackfit-upload-worker man1 "/trackfit-upload-worker\\.1\\.gz$")
install(DIRECTORY ${made}/pages/man1/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT trackfit EXCLUDE_FROM_ALL
  FILES_MATCHING PATTERN "*.1.gz" PATTERN "trackfit-health.1.gz" EXCLUDE PATTERN "trackfit-upload-worker.1.gz" EXCLUDE)
install(FILES ${made}/pages/bash-completion/trackfit DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT trackfit
  EXCLUDE_FROM_ALL)

include(CPack)
