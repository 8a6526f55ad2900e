#!/usr/bin/python3
"""The Llama of this recipe in torch: RMSNorm, RoPE (rotate_half), SwiGLU, grouped-query attention, tied embeddings.

Parameter names are those of Hugging Face's LlamaForCausalLM.
"""
import dataclasses
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional


@dataclasses.dataclass
class Config:
    """The shape; field names as in Hugging Face's config.json."""
    vocab_size: int = 1024
    hidden_size: int = 192
    intermediate_size: int = 512
    num_hidden_layers: int = 5
    num_attention_heads: int = 6
    num_key_value_heads: int = 2
    head_dim: int = 32
    max_position_embeddings: int = 512
    rope_theta: float = 10000.0
    rms_norm_eps: float = 1e-5


class RMSNorm(nn.Module):
    """x / rms(x) * gain, in fp32."""

    def __init__(self, size, epsilon):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x):
        x = x.float()
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon) * self.weight


class Dropout(nn.Module):
    """Dropout in steps of 1/256 from numpy's generator: torch's own costs a tenth of a training step here.

    Like torch's it draws from one stream for the whole program; `reseed` sets it.
    """
    random = np.random.Generator(np.random.SFC64(0))

    def __init__(self, share):
        super().__init__()
        self.dropped = round(256 * share)

    @classmethod
    def reseed(cls, seed):
        cls.random = np.random.Generator(np.random.SFC64(seed))

    def forward(self, x):
        if not self.training or self.dropped == 0:
            return x
        draws = np.frombuffer(self.random.bytes(x.numel()), np.uint8).reshape(x.shape)
        keep = torch.from_numpy((draws >= self.dropped).astype(np.float32) * (256 / (256 - self.dropped)))
        return x * keep.to(x.dtype)


def rope_tables(config):
    """(cos, sin), each [context, head_dim]; the second half of the columns repeats the first."""
    exponent = torch.arange(0, config.head_dim, 2, dtype=torch.float32) / config.head_dim
    angle = torch.outer(torch.arange(config.max_position_embeddings, dtype=torch.float32), config.rope_theta ** -exponent)
    angle = torch.cat((angle, angle), -1)
    return angle.cos(), angle.sin()


def rotate(x, cos, sin):
    """RoPE in the split-halves convention; x: [batch, heads, tokens, head_dim]."""
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat((-second, first), -1) * sin


class Attention(nn.Module):
    """Causal grouped-query attention."""

    def __init__(self, config):
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = (config.num_attention_heads, config.num_key_value_heads,
                                                    config.head_dim)
        self.q_proj = nn.Linear(config.hidden_size, self.heads * self.head_dim, bias=False)
        self.k_proj = nn.Linear(config.hidden_size, self.kv_heads * self.head_dim, bias=False)
        self.v_proj = nn.Linear(config.hidden_size, self.kv_heads * self.head_dim, bias=False)
        self.o_proj = nn.Linear(self.heads * self.head_dim, config.hidden_size, bias=False)

    def forward(self, x, cos, sin, causal):
        batch, tokens, _ = x.shape
        q = self.q_proj(x).view(batch, tokens, self.heads, self.head_dim).transpose(1, 2)
        k = self.k_proj(x).view(batch, tokens, self.kv_heads, self.head_dim).transpose(1, 2)
        v = self.v_proj(x).view(batch, tokens, self.kv_heads, self.head_dim).transpose(1, 2)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        k = k.repeat_interleave(self.heads // self.kv_heads, 1)
        v = v.repeat_interleave(self.heads // self.kv_heads, 1)
        scores = q @ k.transpose(2, 3) / math.sqrt(self.head_dim) + causal  # [batch, heads, tokens, tokens]
        mixed = torch.softmax(scores.float(), -1).to(v.dtype) @ v
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, tokens, -1))


class FeedForward(nn.Module):
    """SwiGLU."""

    def __init__(self, config):
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, x):
        return self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    """One decoder layer; dropout on both residual branches."""

    def __init__(self, config, dropout):
        super().__init__()
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.mlp = FeedForward(config)
        self.dropout = Dropout(dropout)

    def forward(self, x, cos, sin, causal):
        x = x + self.dropout(self.self_attn(self.input_layernorm(x), cos, sin, causal))
        return x + self.dropout(self.mlp(self.post_attention_layernorm(x)))


class Decoder(nn.Module):
    """Embedding, layers and final norm."""

    def __init__(self, config, dropout):
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config, dropout) for _ in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.dropout = Dropout(dropout)
        cos, sin = rope_tables(config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, ids):
        tokens = ids.shape[1]
        x = self.dropout(self.embed_tokens(ids))  # [batch, tokens, hidden]
        causal = torch.full((tokens, tokens), -math.inf).triu(1)
        for layer in self.layers:
            x = layer(x, self.cos[:tokens], self.sin[:tokens], causal)
        return self.norm(x)


class Llama(nn.Module):
    """Logits [batch, tokens, vocabulary] of ids [batch, tokens]; the embedding is also the output head."""

    def __init__(self, config, dropout=0.0):
        super().__init__()
        self.config = config
        self.model = Decoder(config, dropout)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                deep = name.endswith(("o_proj.weight", "down_proj.weight"))
                scale = (2 * config.num_hidden_layers) ** -0.5 if deep else 1.0
                nn.init.normal_(parameter, std=0.03 * scale)

    def forward(self, ids):
        return functional.linear(self.model(ids), self.model.embed_tokens.weight)
