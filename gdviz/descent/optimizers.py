"""All optimizers that gdviz knows, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gdviz.descent import rules
from gdviz.descent.optimizer import Optimizer, make_optimizer
from gdviz.descent.searching import SEARCHING
from gdviz.errors import InputError, nearest, shorten

_ADAM = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
_MEANS = (r"m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t", r"v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2")
_ADAM_STEP = r"x_t = x_{t-1} - \eta \frac{m_t / (1 - \beta_1^t)}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon}"

GRADIENT_DESCENT = make_optimizer(
    "gd",
    "Gradient descent",
    rules.gd,
    rules.zeros(0),
    "A. Cauchy, Comptes Rendus, 1847",
    summary="Steps against the gradient.",
    equations=(r"x_t = x_{t-1} - \eta g_t",),
    aliases=("sgd", "gradient-descent"),
)

OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType(
    {
        each.name: each
        for each in (
            GRADIENT_DESCENT,
            make_optimizer(
                "momentum",
                "Momentum",
                rules.momentum,
                rules.zeros(1),
                "B. T. Polyak, Some methods of speeding up the convergence of iteration methods, 1964",
                summary="Steps along a velocity that gathers the gradients.",
                note="As in PyTorch, the velocity gathers whole gradients. Where it gathers 1 - momentum of each, the "
                "same path needs a learning rate 1 / (1 - momentum) times as large.",
                equations=(r"v_t = \mu v_{t-1} + g_t", r"x_t = x_{t-1} - \eta v_t"),
                aliases=("heavy-ball", "heavyball", "polyak-momentum", "sgd-momentum"),
                hyperparameters={"momentum": 0.9},
            ),
            make_optimizer(
                "nesterov",
                "Nesterov",
                rules.nesterov,
                rules.zeros(1),
                "Y. Nesterov, 1983; in the form of I. Sutskever et al., 2013",
                summary="Momentum that looks a step ahead along its velocity.",
                note="As in PyTorch, the gradient is taken at the point that is shown. The textbook takes it a step "
                "ahead of the point: what is shown here are its places ahead.",
                equations=(r"v_t = \mu v_{t-1} + g_t", r"x_t = x_{t-1} - \eta (g_t + \mu v_t)"),
                aliases=("nag", "nesterov-momentum", "nesterov-accelerated-gradient"),
                hyperparameters={"momentum": 0.9},
            ),
            make_optimizer(
                "adagrad",
                "Adagrad",
                rules.adagrad,
                rules.zeros(1),
                "J. Duchi, E. Hazan and Y. Singer, 2011",
                summary="Divides each axis's gradient by the size of all so far, so that its rate only falls.",
                note="The sum begins at 0, as in PyTorch, so that the first step is one learning rate along each axis; "
                "in Optax it begins at 0.1.",
                equations=(r"s_t = s_{t-1} + g_t^2", r"x_t = x_{t-1} - \eta \frac{g_t}{\sqrt{s_t} + \epsilon}"),
                hyperparameters={"eps": 1e-10},
            ),
            make_optimizer(
                "rmsprop",
                "RMSProp",
                rules.rmsprop,
                rules.zeros(1),
                "T. Tieleman and G. Hinton, Coursera lecture 6.5, 2012",
                summary="Divides each axis's gradient by its own recent size.",
                note="As in PyTorch. Hinton, Keras and Optax have 0.9 for alpha, and Optax has epsilon under the root. "
                "Nothing is corrected for the start at 0: with 0.99, the first step is ten learning rates along "
                "each axis.",
                equations=(
                    r"v_t = \alpha v_{t-1} + (1 - \alpha) g_t^2",
                    r"x_t = x_{t-1} - \eta \frac{g_t}{\sqrt{v_t} + \epsilon}",
                ),
                aliases=("rms-prop",),
                hyperparameters={"alpha": 0.99, "eps": 1e-8},
            ),
            make_optimizer(
                "adadelta",
                "Adadelta",
                rules.adadelta,
                rules.zeros(2),
                "M. D. Zeiler, 2012",
                summary="RMSProp times the recent size of the steps, which takes the place of a rate.",
                note="Epsilon sets the pace: with a learning rate of 1 the first steps are about 0.003 long. On a "
                "function of two variables it may take 5 to 50.",
                equations=(
                    r"v_t = \rho v_{t-1} + (1 - \rho) g_t^2",
                    r"d_t = \frac{\sqrt{u_{t-1} + \epsilon}}{\sqrt{v_t + \epsilon}} g_t",
                    r"u_t = \rho u_{t-1} + (1 - \rho) d_t^2",
                    r"x_t = x_{t-1} - \eta d_t",
                ),
                hyperparameters={"rho": 0.9, "eps": 1e-6},
            ),
            make_optimizer(
                "adam",
                "Adam",
                rules.adam,
                rules.zeros(2),
                "D. P. Kingma and J. Ba, 2015",
                summary="Momentum, divided along each axis by the recent size of its gradients.",
                note="As in the paper, PyTorch and Optax. Keras and TensorFlow add epsilon to the root before it is "
                "corrected, and Keras has 1e-7.",
                equations=(*_MEANS, _ADAM_STEP),
                hyperparameters=_ADAM,
            ),
            make_optimizer(
                "amsgrad",
                "AMSGrad",
                rules.amsgrad,
                rules.zeros(3),
                "S. J. Reddi, S. Kale and S. Kumar, 2018; the maximum is of v before its correction, as in PyTorch",
                summary="Adam, divided by the largest size so far, so that steps do not grow again.",
                note="Three rules have this name: PyTorch takes the largest mean before its correction, as here, Optax "
                "takes it after, and the paper corrects nothing. Their paths differ visibly.",
                equations=(
                    *_MEANS,
                    r"\hat v_t = \max(\hat v_{t-1}, v_t)",
                    r"x_t = x_{t-1} - \eta \frac{m_t / (1 - \beta_1^t)}{\sqrt{\hat v_t / (1 - \beta_2^t)} + \epsilon}",
                ),
                hyperparameters=_ADAM,
            ),
            make_optimizer(
                "adamax",
                "AdaMax",
                rules.adamax,
                rules.zeros(2),
                "D. P. Kingma and J. Ba, 2015, section 7.1",
                summary="Adam, divided by the largest recent gradient along each axis.",
                equations=(
                    _MEANS[0],
                    r"u_t = \max(\beta_2 u_{t-1}, |g_t| + \epsilon)",
                    r"x_t = x_{t-1} - \frac{\eta}{1 - \beta_1^t} \frac{m_t}{u_t}",
                ),
                aliases=("ada-max",),
                hyperparameters=_ADAM,
            ),
            make_optimizer(
                "nadam",
                "NAdam",
                rules.nadam,
                rules.nadam_start,
                "T. Dozat, 2016, with the schedule of the momentum as in PyTorch",
                summary="Adam with Nesterov's look ahead.",
                note="With the schedule of the momentum, as in the paper and PyTorch. Optax leaves it out, and its "
                "path differs visibly.",
                equations=(
                    *_MEANS,
                    r"\mu_t = \beta_1 (1 - 0.5 \cdot 0.96^{t \psi}), \quad P_t = P_{t-1} \mu_t",
                    r"w_t = \frac{1 - \mu_t}{1 - P_t} g_t + \frac{\mu_{t+1}}{1 - P_t \mu_{t+1}} m_t",
                    r"x_t = x_{t-1} - \eta \frac{w_t}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon}",
                ),
                hyperparameters=_ADAM | {"momentum_decay": 0.004},
            ),
            make_optimizer(
                "radam",
                "RAdam",
                rules.radam,
                rules.zeros(2),
                "L. Liu et al., 2020; rectified where rho is more than 5, as in PyTorch",
                summary="Adam that begins as momentum, until it has seen enough gradients to divide by their size.",
                note="The steps before the division (five, with the default beta2) are as long as the gradient is "
                "large, later ones about a learning rate: on a steep function, hardly any rate suits both.",
                equations=(
                    *_MEANS,
                    r"\rho_\infty = \frac{2}{1 - \beta_2} - 1",
                    r"\rho_t = \rho_\infty - \frac{2 t \beta_2^t}{1 - \beta_2^t}",
                    r"r_t = \sqrt{\frac{(\rho_t - 4)(\rho_t - 2) \rho_\infty}"
                    r"{(\rho_\infty - 4)(\rho_\infty - 2) \rho_t}}",
                    r"x_t = x_{t-1} - \eta \frac{m_t}{1 - \beta_1^t} r_t "
                    r"\frac{\sqrt{1 - \beta_2^t}}{\sqrt{v_t} + \epsilon} \quad (\rho_t > 5)",
                    r"x_t = x_{t-1} - \eta \frac{m_t}{1 - \beta_1^t} \quad (\rho_t \leq 5)",
                ),
                aliases=("rectified-adam",),
                hyperparameters=_ADAM,
            ),
            make_optimizer(
                "adamw",
                "AdamW",
                rules.adamw,
                rules.zeros(2),
                "I. Loshchilov and F. Hutter, 2019",
                summary="Adam, and a pull towards the origin.",
                note="Points rest a little towards the origin from a minimum. The pull is 0.01 as in PyTorch; "
                "in Optax it is 0.0001.",
                equations=(
                    *_MEANS,
                    r"x_t = x_{t-1} - \eta \lambda x_{t-1} - \eta \frac{m_t / (1 - \beta_1^t)}"
                    r"{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon}",
                ),
                hyperparameters=_ADAM | {"weight_decay": 0.01},
            ),
            make_optimizer(
                "lion",
                "Lion",
                rules.lion,
                rules.zeros(1),
                "X. Chen et al., Symbolic discovery of optimization algorithms, 2023",
                summary="Steps of one length along each axis, by the sign of momentum and gradient together.",
                note="Steps are one learning rate long along each axis, however flat the ground, so that a point "
                "circles a minimum unless the rate falls. There is no decay, as in the authors' code; in Optax it "
                "is 0.001.",
                equations=(
                    r"u_t = \mathrm{sign}(\beta_1 m_{t-1} + (1 - \beta_1) g_t)",
                    r"x_t = x_{t-1} - \eta \lambda x_{t-1} - \eta u_t",
                    r"m_t = \beta_2 m_{t-1} + (1 - \beta_2) g_t",
                ),
                aliases=("evolved-sign-momentum",),
                hyperparameters={"beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0},
            ),
            make_optimizer(
                "adabelief",
                "AdaBelief",
                rules.adabelief,
                rules.zeros(2),
                "J. Zhuang et al., 2020",
                summary="Adam, divided by how far gradients lie from their mean rather than from 0.",
                note="As in Optax. The authors' package also rectifies it, as RAdam does, unless told not to.",
                equations=(
                    _MEANS[0],
                    r"s_t = \beta_2 s_{t-1} + (1 - \beta_2) (g_t - m_t)^2 + \epsilon_r",
                    r"x_t = x_{t-1} - \eta \frac{m_t / (1 - \beta_1^t)}{\sqrt{s_t / (1 - \beta_2^t)} + \epsilon}",
                ),
                aliases=("ada-belief",),
                hyperparameters={"beta1": 0.9, "beta2": 0.999, "eps": 1e-16, "eps_root": 1e-16},
            ),
            make_optimizer(
                "yogi",
                "Yogi",
                rules.yogi,
                rules.yogi_start,
                "M. Zaheer et al., 2018; m and v begin at a millionth, as in Optax",
                summary="Adam, divided by a size of gradients that changes only slowly.",
                note="The means are corrected for their start, as in Optax. The paper corrects nothing, and its path "
                "differs visibly.",
                equations=(
                    _MEANS[0],
                    r"v_t = v_{t-1} - (1 - \beta_2) \mathrm{sign}(v_{t-1} - g_t^2) g_t^2",
                    _ADAM_STEP,
                ),
                hyperparameters={"beta1": 0.9, "beta2": 0.999, "eps": 1e-3},
            ),
            make_optimizer(
                "rprop",
                "Rprop",
                rules.rprop,
                rules.zeros(2),
                "M. Riedmiller and H. Braun, 1993; in the form iRprop- of C. Igel and M. Huesken, 2000",
                summary="Gives each axis a step of its own, longer while its gradient keeps its sign, else shorter.",
                note="The learning rate is only the first step. Optax 0.2.8 makes every step one step late, and goes "
                "another way.",
                equations=(
                    r"\eta_\pm = \eta_+ \; (g_t g_{t-1} > 0), \quad \eta_- \; (g_t g_{t-1} < 0), "
                    r"\quad 1 \; (g_t g_{t-1} = 0)",
                    r"g_t \leftarrow 0 \; (g_t g_{t-1} < 0)",
                    r"d_t = \mathrm{clip}(d_{t-1} \eta_\pm, d_{\min}, d_{\max}), \quad d_0 = \eta",
                    r"x_t = x_{t-1} - \mathrm{sign}(g_t) d_t",
                ),
                aliases=("resilient-backprop",),
                hyperparameters={"etaminus": 0.5, "etaplus": 1.2, "step_min": 1e-6, "step_max": 50.0},
            ),
            make_optimizer(
                "signsgd",
                "SignSGD",
                rules.signsgd,
                rules.zeros(0),
                "J. Bernstein et al., 2018",
                summary="Steps of one length along each axis, by the gradient's sign.",
                note="Steps are one learning rate long along each axis, however flat the ground, so that a point "
                "circles a minimum unless the rate falls.",
                equations=(r"x_t = x_{t-1} - \eta \, \mathrm{sign}(g_t)",),
                aliases=("sign-sgd", "sign"),
            ),
            make_optimizer(
                "adan",
                "Adan",
                rules.adan,
                rules.zeros(4),
                "X. Xie et al., 2022; the betas are the shares that are kept",
                summary="Adam with a mean of the gradient's changes added, which looks ahead as Nesterov does.",
                note="The betas are what is kept, as in the authors' code; the paper names what is new: 0.02, 0.08 and "
                "0.01. Optax 0.2.8 has 1 - beta2 in place of beta2, and goes another way.",
                equations=(
                    r"d_t = g_t - g_{t-1}, \quad d_1 = 0",
                    _MEANS[0],
                    r"w_t = \beta_2 w_{t-1} + (1 - \beta_2) d_t",
                    r"n_t = \beta_3 n_{t-1} + (1 - \beta_3) (g_t + \beta_2 d_t)^2",
                    r"u_t = \frac{m_t / (1 - \beta_1^t) + \beta_2 w_t / (1 - \beta_2^t)}"
                    r"{\sqrt{n_t / (1 - \beta_3^t)} + \epsilon}",
                    r"x_t = (x_{t-1} - \eta u_t) / (1 + \eta \lambda)",
                ),
                hyperparameters={"beta1": 0.98, "beta2": 0.92, "beta3": 0.99, "eps": 1e-8, "weight_decay": 0.0},
            ),
            *SEARCHING,
        )
    }
)
"""Optimizers by name."""


def _plain(name: str) -> str:
    """Return a name as it is looked up: in small letters, and with one kind of dash."""
    return name.lower().replace("_", "-")


_BY_ANY_NAME = {_plain(name): each for each in OPTIMIZERS.values() for name in (each.name, *each.aliases)}


def optimizer(name: str, **hyperparameters: float) -> Optimizer:
    """Return an optimizer by its name or an alias, with some of its hyper-parameters changed.

    Raises
    ------
    InputError
        If there is no such optimizer, or it has no such hyper-parameter, or a number is out of its range.

    """
    found = _BY_ANY_NAME.get(_plain(name))
    if found is None:
        near = nearest(_plain(name), _BY_ANY_NAME)
        cure = f"did you mean {near}?" if near else f"there are {', '.join(OPTIMIZERS)}"
        raise InputError(f"there is no optimizer {shorten(name)}; {cure}")
    return found.with_hyperparameters(hyperparameters)
