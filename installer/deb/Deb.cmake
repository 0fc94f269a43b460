# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian packages. `installer/build deb` makes them; README.md beside it says which and why.
cmake_host_system_information(RESULT distribution QUERY DISTRIB_INFO)
set(CAIRN_DEB_RELEASE 1)
# Libraries are named otherwise in each release of a distribution: "~" lets its successor's package replace this one.
if(distribution_ID STREQUAL "debian")
    set(CAIRN_DEB_RELEASE 1~deb${distribution_VERSION_ID})
elseif(distribution_ID)
    set(CAIRN_DEB_RELEASE 1~${distribution_ID}${distribution_VERSION_ID})
endif()
set(CAIRN_DEB_VERSION ${PROJECT_VERSION}-${CAIRN_DEB_RELEASE})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cairn)
set(CPACK_PACKAGE_VENDOR Cairn)
set(CPACK_PACKAGE_CONTACT "Cairn maintainers <cairn-console@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # else it stands above the description of both
set(CPACK_COMPONENTS_ALL cairn cairnctl)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${CAIRN_DEB_RELEASE})
set(CPACK_DEBIAN_PACKAGE_SOURCE cairn)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_DEBUGINFO_PACKAGE ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

# By hand is what dpkg-shlibdeps cannot see: plugins of Qt, and what a library opens while it runs. The fonts are in the program,
# but for Chinese.
set(CPACK_DEBIAN_CAIRN_PACKAGE_NAME cairn)
set(CPACK_DEBIAN_CAIRN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_CAIRN_PACKAGE_DEPENDS "libqt6sql6-sqlite, libqt6svg6")
set(CPACK_DEBIAN_CAIRN_PACKAGE_RECOMMENDS "ca-certificates, hicolor-icon-theme, libsecret-1-0, qt6-wayland")
set(CPACK_DEBIAN_CAIRN_PACKAGE_SUGGESTS "bash-completion, fonts-noto-cjk")
set(CPACK_DEBIAN_CAIRN_PACKAGE_PROVIDES "cairnctl (= ${CAIRN_DEB_VERSION})")
set(CPACK_DEBIAN_CAIRN_PACKAGE_CONFLICTS cairnctl)
set(CPACK_DEBIAN_CAIRN_PACKAGE_REPLACES cairnctl)
set(CPACK_COMPONENT_CAIRN_DESCRIPTION "console for Kubeflow training jobs and their checkpoints
Cairn connects to a Kubernetes cluster through a kubeconfig and shows the
training jobs live, each with a timeline of its checkpoints. It reads the
checkpoints where they lie, says which can be trusted and how much work is
unsaved, and resumes training from the one that is chosen.

It installs nothing on the cluster. This package holds the window, cairn, and
its twin for the terminal, cairnctl.
")

set(CPACK_DEBIAN_CAIRNCTL_PACKAGE_NAME cairnctl)
set(CPACK_DEBIAN_CAIRNCTL_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_CAIRNCTL_PACKAGE_DEPENDS "libqt6sql6-sqlite")
set(CPACK_DEBIAN_CAIRNCTL_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_CAIRNCTL_PACKAGE_SUGGESTS "bash-completion, libsecret-1-0")
set(CPACK_DEBIAN_CAIRNCTL_PACKAGE_CONFLICTS cairn)
set(CPACK_DEBIAN_CAIRNCTL_PACKAGE_REPLACES cairn)
set(CPACK_COMPONENT_CAIRNCTL_DESCRIPTION "Kubeflow training jobs and their checkpoints in the terminal
cairnctl lists the training jobs of a Kubernetes cluster, reads their
checkpoints and says which can be trusted, resumes training from one of them,
and audits Kubeflow for what falls over when a node fails. Every command can
answer in JSON.

This package is for servers and CI, without a window. The package cairn holds
both.
")
include(CPack)

# Paragraphs of the fonts' own licence files.
function(cairn_licence out file name)
    file(READ ${PROJECT_SOURCE_DIR}/resources/fonts/${file} text)
    string(FIND "${text}" "\nLicense: ${name}\n" begin)
    if(begin LESS 0)
        message(FATAL_ERROR "${file} has no paragraph \"License: ${name}\"")
    endif()
    math(EXPR begin "${begin} + 1")
    string(SUBSTRING "${text}" ${begin} -1 text)
    string(FIND "${text}" "\n\n" end)
    string(SUBSTRING "${text}" 0 ${end} text)
    set(${out} "${text}" PARENT_SCOPE)
endfunction()
cairn_licence(OFL LICENSE-Inter.txt OFL-1.1)
cairn_licence(VERA LICENSE-DejaVu.txt bitstream-vera)
configure_file(${CMAKE_CURRENT_LIST_DIR}/copyright.in copyright @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in changelog.Debian @ONLY)
add_custom_command(OUTPUT changelog.Debian.gz COMMAND gzip -9nc changelog.Debian > changelog.Debian.gz
    DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/changelog.Debian WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
add_custom_target(cairn_changelog ALL DEPENDS changelog.Debian.gz)
foreach(package cairn cairnctl)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/copyright ${CMAKE_CURRENT_BINARY_DIR}/changelog.Debian.gz
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${package})
endforeach()
