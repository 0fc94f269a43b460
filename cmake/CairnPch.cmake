# SPDX-License-Identifier: GPL-3.0-or-later
# Qt's and the standard library's headers are read once for each of four kinds of targets: with and without widgets, of the
# programs and of the tests. Sources still include all they use: clang-tidy and the fuzzers read them without any of this.
option(CAIRN_PCH "Precompile the headers of Qt and of the standard library" ON)

set(CAIRN_PCH_CORE
    <algorithm> <array> <chrono> <cmath> <condition_variable> <functional> <limits> <memory> <mutex> <optional> <stop_token>
    <string> <string_view> <thread> <tuple> <unordered_map> <utility> <variant> <vector>
    <QByteArray> <QCoreApplication> <QDateTime> <QDir> <QFile> <QFileInfo> <QHash> <QJsonArray> <QJsonDocument> <QJsonObject>
    <QJsonValue> <QList> <QLocale> <QMap> <QObject> <QPointer> <QRegularExpression> <QSet> <QString> <QStringList> <QThreadPool>
    <QTimer> <QUrl> <QAbstractTableModel>)
set(CAIRN_PCH_WIDGETS
    <QAbstractButton> <QAbstractScrollArea> <QApplication> <QBoxLayout> <QClipboard> <QDialog> <QFontMetrics> <QGridLayout> <QIcon>
    <QKeyEvent> <QLabel> <QLineEdit> <QMenu> <QMouseEvent> <QPainter> <QPalette> <QPixmap> <QScrollArea> <QScrollBar> <QSplitter>
    <QStackedWidget> <QStyle> <QTextLayout> <QTreeView> <QWidget>)
set(CAIRN_PCH_TEST <QSignalSpy> <QTemporaryDir> <QTest>)

function(cairn_pch_kind kind)
    cmake_parse_arguments(ARG "" "" "HEADERS;LIBRARIES" ${ARGN})
    set(source ${PROJECT_BINARY_DIR}/cmake/pch_${kind}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "// Compiled for its precompiled header only.\n")
    add_library(cairn_pch_${kind} OBJECT ${source})
    if(kind MATCHES "^test_")
        target_link_libraries(cairn_pch_${kind} PRIVATE cairn_test_flags ${ARG_LIBRARIES})
    else()
        target_link_libraries(cairn_pch_${kind} PRIVATE cairn_flags ${ARG_LIBRARIES})
    endif()
    target_precompile_headers(cairn_pch_${kind} PRIVATE ${ARG_HEADERS})
    if(CAIRN_CCACHE)
        set_target_properties(cairn_pch_${kind} PROPERTIES CXX_COMPILER_LAUNCHER "${PROJECT_SOURCE_DIR}/cmake/with-sum;${CAIRN_CCACHE}")
    endif()
endfunction()

# True where one of the libraries, or one that it links, is Qt's widgets.
function(cairn_uses_widgets out)
    set(${out} FALSE PARENT_SCOPE)
    set(open ${ARGN})
    set(seen)
    while(open)
        list(POP_FRONT open library)
        if(library MATCHES "^Qt6::(Widgets|Charts)$")
            set(${out} TRUE PARENT_SCOPE)
            return()
        endif()
        if(library MATCHES "^cairn" AND TARGET ${library} AND NOT library IN_LIST seen)
            list(APPEND seen ${library})
            get_target_property(links ${library} INTERFACE_LINK_LIBRARIES)
            if(links)
                list(APPEND open ${links})
            endif()
        endif()
    endwhile()
endfunction()

# cairn_precompiled(<target> [TEST] LIBRARIES …): call it once the target's libraries are known.
function(cairn_precompiled target)
    if(NOT CAIRN_PCH)
        return()
    endif()
    cmake_parse_arguments(ARG "TEST" "" "LIBRARIES" ${ARGN})
    cairn_uses_widgets(widgets ${ARG_LIBRARIES})
    set(kind core)
    if(widgets)
        set(kind widgets)
    endif()
    if(ARG_TEST)
        set(kind test_${kind})
        if("Qt6::WebSockets" IN_LIST ARG_LIBRARIES)
            return() # Qt Test's headers read more where a test links Qt's network library
        endif()
    endif()
    target_precompile_headers(${target} REUSE_FROM cairn_pch_${kind})
endfunction()

if(CAIRN_PCH)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(cairn_test_flags INTERFACE -fpch-preprocess) # without it ccache looks past precompiled headers
    endif()
    cairn_pch_kind(core HEADERS ${CAIRN_PCH_CORE} LIBRARIES Qt6::Core)
    cairn_pch_kind(widgets HEADERS ${CAIRN_PCH_CORE} ${CAIRN_PCH_WIDGETS} LIBRARIES Qt6::Widgets)
    if(CAIRN_BUILD_TESTS)
        cairn_pch_kind(test_core HEADERS ${CAIRN_PCH_CORE} ${CAIRN_PCH_TEST} LIBRARIES Qt6::Core Qt6::Test)
        cairn_pch_kind(test_widgets HEADERS ${CAIRN_PCH_CORE} ${CAIRN_PCH_WIDGETS} ${CAIRN_PCH_TEST} LIBRARIES Qt6::Widgets Qt6::Test)
    endif()
endif()
