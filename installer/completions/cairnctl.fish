# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion for cairnctl, which says itself what can follow: see cairnctl.bash.
function __cairnctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answer (command cairnctl __complete $words[2..] "$current" 2>/dev/null)
    if set -q answer[2]
        printf '%s\n' $answer[2..]
    end
    switch "$answer[1]"
        case files
            __fish_complete_path "$current"
        case folders
            __fish_complete_directories "$current"
    end
end
complete -c cairnctl -f -a '(__cairnctl_complete)'
