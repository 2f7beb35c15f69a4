using System.ComponentModel.DataAnnotations;

namespace Lucid.ServiceDefaults.Tests.Example;

public sealed record NoteOptions
{
    [Range(1, 1000)]
    public int NoteMaxLength { get; init; } = 100;

    [Secret, MinLength(16)]
    public string NoteSecret { get; init; } = "0123456789abcdef";
}
