# SPDX-License-Identifier: GPL-3.0-or-later
# Two INTERFACE targets carry every compile and link flag. Cairn's own targets link cairn_flags; tests link cairn_test_flags, which
# lacks what instruments for address and undefined behaviour: it is the code under test that is searched for faults, and so the
# tests of the asan build are compiled as those of the dev build are, and come out of the compiler's cache.
add_library(cairn_test_flags INTERFACE)
add_library(cairn_flags INTERFACE)
target_link_libraries(cairn_flags INTERFACE cairn_test_flags)
target_compile_features(cairn_test_flags INTERFACE cxx_std_20)
target_compile_options(cairn_test_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
    -Woverloaded-virtual -Wnon-virtual-dtor -Wformat=2 -fstack-protector-strong)
if(CAIRN_WERROR)
    target_compile_options(cairn_test_flags INTERFACE -Werror)
endif()
target_compile_definitions(cairn_test_flags INTERFACE
    _GLIBCXX_ASSERTIONS
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_CAST_FROM_BYTEARRAY
    QT_NO_FOREACH QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_STRICT_ITERATORS
    QT_DISABLE_DEPRECATED_BEFORE=0x060400 QT_DISABLE_DEPRECATED_UP_TO=0x060400)
if(CAIRN_SANITIZE)
    set(instrumented cairn_flags)
    if(CAIRN_SANITIZE MATCHES "thread")
        set(instrumented cairn_test_flags) # an atomic that TSan does not see would be a race to it
    endif()
    # With sanitizers g++ warns of what cannot be.
    target_compile_options(${instrumented} INTERFACE -fsanitize=${CAIRN_SANITIZE} -fno-omit-frame-pointer -Wno-error)
    target_link_options(cairn_test_flags INTERFACE -fsanitize=${CAIRN_SANITIZE})
    if(CAIRN_SANITIZE MATCHES "undefined")
        # Left out: what takes a third of the compiler's time and either ends in ASan's hands anyway (null, object-size) or is no
        # fault on the machines that Cairn is built for (alignment, pointer-overflow). Casts down a class are few here (vptr).
        target_compile_options(${instrumented} INTERFACE -fno-sanitize-recover=undefined
            -fno-sanitize=null,object-size,alignment,pointer-overflow,vptr)
    endif()
else()
    # _FORTIFY_SOURCE needs optimisation and is of no use beside ASan.
    target_compile_options(cairn_test_flags INTERFACE $<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>)
endif()
find_program(CAIRN_MOLD mold)
if(CAIRN_MOLD)
    target_link_options(cairn_test_flags INTERFACE -fuse-ld=mold)
endif()
find_program(CAIRN_CCACHE ccache)
if(CAIRN_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CAIRN_CCACHE})
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
