namespace Lucid.BlockchainEngine.Domain;

/// <summary>The stored chain is not the one that was acknowledged. Nothing is repaired: restore the volume from a copy.</summary>
public sealed class ChainDamageException : Exception
{
    public ChainDamageException()
    {
    }

    public ChainDamageException(string message)
        : base(message)
    {
    }

    public ChainDamageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
