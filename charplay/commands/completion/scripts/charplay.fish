# Completion of charplay in fish. To have it in every shell, type once:
#     charplay completion fish > ~/.config/fish/completions/charplay.fish

function __charplay_words
    set -l typed (commandline -xpc 2>/dev/null; or commandline -opc)
    set -l current (commandline -ct | string unescape 2>/dev/null; or commandline -ct)
    $typed[1] completion words -- $typed[2..] "$current" 2>/dev/null |
    while read -l word; and read -l help
        printf '%s\t%s\n' $word $help
    end
end

complete -c charplay -f -k -a '(__charplay_words)'
