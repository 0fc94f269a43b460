# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for cairnctl, which says itself what can follow: the first line tells whether paths can, each other one is a
# word and, behind a tab, what it is.
_cairnctl() {
    local cur cword line quoted words=()
    COMPREPLY=()
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref -n '=:' cur words cword # names of contexts have colons in them
    else
        words=("${COMP_WORDS[@]}") cword=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]}
    fi
    local -a answer=()
    mapfile -t answer < <(command cairnctl __complete "${words[@]:1:cword}" 2>/dev/null)
    for line in "${answer[@]:1}"; do
        line=${line%%$'\t'*}
        # Bash replaces what stands behind the last "=" only.
        [[ $cur == --*=* && $COMP_WORDBREAKS == *=* ]] && line=${line#"${cur%%=*}="}
        printf -v quoted %q "$line" # a name is never more than a word to the shell
        COMPREPLY+=("$quoted")
    done
    [[ $cur == --*=* ]] && cur=${cur#*=}
    case ${answer[0]-} in
    files) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur"); compopt -o filenames 2>/dev/null ;;
    folders) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$cur"); compopt -o filenames 2>/dev/null ;;
    esac
    if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi
    return 0
}
complete -F _cairnctl cairnctl
