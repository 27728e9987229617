#compdef charplay
# Completion of charplay in zsh. To have it in every shell, add this line to ~/.zshrc:
#     eval "$(charplay completion zsh)"

_charplay() {
    local word help
    local -a whole_words whole_helps open_words open_helps
    while IFS= read -r word && IFS= read -r help; do
        if [[ $word == */ || $word == *= ]]; then
            open_words+=("$word") open_helps+=("$word${help:+  -- $help}")
        else
            whole_words+=("$word") whole_helps+=("$word${help:+  -- $help}")
        fi
    done < <("$words[1]" completion words -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    (( $#whole_words )) && compadd -U -l -V charplay -d whole_helps -a whole_words
    (( $#open_words )) && compadd -U -l -V charplay -S '' -d open_helps -a open_words
}

(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u }
compdef _charplay charplay
