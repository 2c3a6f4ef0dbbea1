# `cmake --install` and `cpack -G DEB`: the command with its manual page and completions, the function, the descriptions, documentation.
# Not for a build for another machine, which can't run the command that writes the completions.
include(GNUInstallDirs)
set(CMAKE_INSTALL_DOCDIR ${CMAKE_INSTALL_DATADIR}/doc/arazzo)

# Only what is installed has to be built: a package needs no tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

install(TARGETS arazzo RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS bootstrap RUNTIME DESTINATION ${CMAKE_INSTALL_LIBDIR}/arazzo)
install(DIRECTORY descriptions statemachine events DESTINATION ${CMAKE_INSTALL_DATADIR}/arazzo
  FILES_MATCHING PATTERN "*.json" PATTERN "*.yml" PATTERN "*.yaml")
install(FILES README.md SECURITY.md NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN man EXCLUDE)

# Compressed without a date, as Debian wants both.
set(packed ${CMAKE_BINARY_DIR}/install)
file(MAKE_DIRECTORY ${packed})
add_custom_command(OUTPUT ${packed}/arazzo.1.gz ${packed}/changelog.gz
  COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/docs/man/arazzo.1 > ${packed}/arazzo.1.gz
  COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/CHANGELOG.md > ${packed}/changelog.gz
  DEPENDS docs/man/arazzo.1 CHANGELOG.md VERBATIM)
add_custom_target(manual ALL DEPENDS ${packed}/arazzo.1.gz ${packed}/changelog.gz)
install(FILES ${packed}/arazzo.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${packed}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The command itself writes them.
set(scripts ${packed}/completion.bash ${packed}/completion.zsh ${packed}/completion.fish)
add_custom_command(OUTPUT ${scripts}
  COMMAND arazzo completion bash > ${packed}/completion.bash
  COMMAND arazzo completion zsh > ${packed}/completion.zsh
  COMMAND arazzo completion fish > ${packed}/completion.fish
  DEPENDS arazzo VERBATIM)
add_custom_target(completions ALL DEPENDS ${scripts})
install(FILES ${packed}/completion.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME arazzo)
install(FILES ${packed}/completion.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _arazzo)
install(FILES ${packed}/completion.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME arazzo.fish)

# ---- the Debian package ----

set(ARAZZO_MAINTAINER "The arazzo-lambda authors <arazzo-lambda@example.org>" CACHE STRING "who maintains the package")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME arazzo)
set(CPACK_PACKAGE_CONTACT "${ARAZZO_MAINTAINER}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "runs, checks and draws Arazzo workflows")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Arazzo documents describe sequences of calls of HTTP APIs.
This command runs them, signs requests to AWS, waits between polls,
and never deletes by default. The package also has the AWS Lambda
function that does the same, one step per invocation, and the
documents that it ships with.")

# What only Debian wants: the copyright in its words, and a changelog of the package.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(CONFIGURE OUTPUT ${packed}/copyright @ONLY CONTENT
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: arazzo-lambda

Files: *
Copyright: 2026 The arazzo-lambda authors
License: Apache-2.0
 On Debian systems, the text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0; notices are in NOTICE beside this file.
")
file(CONFIGURE OUTPUT ${packed}/changelog.Debian @ONLY CONTENT
"arazzo (@PROJECT_VERSION@-1) unstable; urgency=low

  * The changes are in changelog.gz.

 -- @ARAZZO_MAINTAINER@  @date@
")
execute_process(COMMAND gzip -9nc ${packed}/changelog.Debian OUTPUT_FILE ${packed}/changelog.Debian.gz COMMAND_ERROR_IS_FATAL ANY)
install(FILES ${packed}/copyright ${packed}/changelog.Debian.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
include(CPack)
