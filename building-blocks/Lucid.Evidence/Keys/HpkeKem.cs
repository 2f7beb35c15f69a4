namespace Lucid.Evidence;

/// <summary>KEM identifiers of RFC 9180 §7.1.</summary>
internal enum HpkeKem : ushort
{
    P256 = 0x0010,
    X25519 = 0x0020,
}
