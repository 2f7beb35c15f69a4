namespace Lucid.BlockchainEngine;

/// <summary>Where endpoints get the chain from. It belongs to the process, not to the scope of a request, which would dispose it.</summary>
public interface INodeSource
{
    ChainNode Node { get; }
}
