# Completion of charplay in bash. To have it in every shell, add this line to ~/.bashrc:
#     eval "$(charplay completion bash)"

_charplay() {
    local current=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT} word help
    # Bash parts words at = and : too, and takes the place of the last part only.
    [[ $current == [=:] ]] && current=
    COMPREPLY=()
    compopt -o nosort 2>/dev/null
    while IFS= read -r word && IFS= read -r help; do
        [[ $word == */ || $word == *= ]] && compopt -o nospace
        [[ $current == [\"\']* ]] || printf -v word %q "$word"
        COMPREPLY+=("$word")
    done < <("$1" completion line --part="$current" -- "$line" 2>/dev/null)
}

complete -F _charplay charplay
