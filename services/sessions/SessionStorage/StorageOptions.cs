using System.ComponentModel.DataAnnotations;

namespace Lucid.SessionStorage;

/// <summary>Settings of the chunk store.</summary>
public sealed record StorageOptions
{
    [Required]
    public string StoragePath { get; set; } = "/data/storage";
}
