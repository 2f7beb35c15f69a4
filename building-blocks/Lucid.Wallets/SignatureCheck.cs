namespace Lucid.Wallets;

/// <summary>Outcome of checking a wallet signature; everything but <see cref="Valid"/> is a refusal.</summary>
public enum SignatureCheck
{
    /// <summary>The holder of the address made this signature over this message. Default values refuse, so this is not zero.</summary>
    Valid = 1,

    /// <summary>Not 130 hexadecimal ASCII digits, with or without 0x. 128 digits lack the recovery byte.</summary>
    Malformed = 2,

    /// <summary>The last byte is not 0, 1, 27 or 28.</summary>
    RecoveryByteOutOfRange = 3,

    /// <summary>r or s is zero or not below the order of the curve.</summary>
    ScalarOutOfRange = 4,

    /// <summary>No public key belongs to this signature.</summary>
    NotRecoverable = 5,

    /// <summary>A sound signature of another key, another message, or under another prefix.</summary>
    OtherSigner = 6,
}
