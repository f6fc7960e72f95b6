# Installs lib/ as the CMake package Epicenter: headers as <epicenter/…>, static libraries, and a target Epicenter::NAME
# for each module. Component `library`, the only one that an installation without --component brings.
include_guard()
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

function(epicenter_install)
  get_property(modules GLOBAL PROPERTY EPICENTER_LIBRARY_MODULES)
  foreach(module IN LISTS modules ITEMS net adapter)
    set(target epicenter_${module})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${module})
    target_include_directories(${target} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    install(TARGETS ${target} EXPORT EpicenterTargets
            ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT library)
  endforeach()

  install(DIRECTORY "${EPICENTER_LIBRARY_ROOT}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT library
          FILES_MATCHING PATTERN "*.hpp" PATTERN "*.ipp"
          PATTERN "tests" EXCLUDE PATTERN "bench" EXCLUDE PATTERN "fuzz" EXCLUDE)

  set(package "${CMAKE_INSTALL_LIBDIR}/cmake/Epicenter")
  install(EXPORT EpicenterTargets NAMESPACE Epicenter:: DESTINATION "${package}" COMPONENT library)
  configure_package_config_file("${PROJECT_SOURCE_DIR}/ci/cmake/EpicenterConfig.cmake.in"
                                "${PROJECT_BINARY_DIR}/EpicenterConfig.cmake" INSTALL_DESTINATION "${package}")
  # Before 1.0 a minor version may break what the one before it promised.
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/EpicenterConfigVersion.cmake"
                                   COMPATIBILITY SameMinorVersion)
  install(FILES "${PROJECT_BINARY_DIR}/EpicenterConfig.cmake" "${PROJECT_BINARY_DIR}/EpicenterConfigVersion.cmake"
                "${PROJECT_SOURCE_DIR}/ci/cmake/Findlibdeflate.cmake"
          DESTINATION "${package}" COMPONENT library)
endfunction()
